using BudgetProxy.Audit;

namespace BudgetProxy.Tenants;

/// <summary>Decides on changes of admin keys.</summary>
internal static class AdminKeyEdits
{
    public static Decision<IssuedKey<AdminKey>> Issue(DirectorySnapshot current, IssuedKey<AdminKey> issued, Edit edit, DateTimeOffset at) =>
        Decision<IssuedKey<AdminKey>>.Yes(issued, current.With(issued.Key), new DirectoryWrite
        {
            AdminKeys = [issued.Key],
            Audit = [new AuditEntry(at, edit.By, AuditActions.IssueAdminKey, TargetOf(issued.Key.Id), null, null, DefinitionJson.Of(issued.Key))],
        });

    public static Decision<AdminKey> Remove(DirectorySnapshot current, string id, Edit edit, DateTimeOffset at)
    {
        if (current.AdminKeys.FirstOrDefault(key => key.Id == id) is not { } found)
            return Decision<AdminKey>.No(EditOutcome.NotFound);
        if (id == TenantDirectory.ConfiguredKeyId)
            return Decision<AdminKey>.No(EditOutcome.Configured);
        if (found.Role == AdminRole.Admin && current.AdminKeys.Count(key => key.Role == AdminRole.Admin) == 1)
            return Decision<AdminKey>.No(EditOutcome.LastAdmin);
        return Decision<AdminKey>.Yes(found, current.Without(found), new DirectoryWrite
        {
            DeletedAdminKeys = [id],
            Audit = [new AuditEntry(at, edit.By, AuditActions.DeleteAdminKey, TargetOf(id), null, DefinitionJson.Of(found), null)],
        });
    }

    private static string TargetOf(string id) => $"admin-keys/{id}";
}
