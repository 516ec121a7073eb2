using BudgetProxy.Audit;

namespace BudgetProxy.Tenants;

/// <summary>Decides on changes of virtual keys. One that is revoked or has expired stays as it is.</summary>
internal static class KeyEdits
{
    /// <param name="issued">Whole, but for the secret, of which only the hash is stored.</param>
    public static Decision<IssuedKey<VirtualKey>> Issue(DirectorySnapshot current, IssuedKey<VirtualKey> issued, Edit edit, DateTimeOffset at)
    {
        if (current.FindTenant(issued.Key.Tenant) is null)
            return Decision<IssuedKey<VirtualKey>>.No(EditOutcome.NoSuchTenant);
        var stored = new StoredKey(issued.Key, issued.Secret.Hash);
        return Decision<IssuedKey<VirtualKey>>.Yes(issued, current.With(stored), new DirectoryWrite
        {
            Keys = [stored],
            Audit = [EntryOf(AuditActions.IssueKey, null, issued.Key, edit, at)],
        });
    }

    public static Decision<VirtualKey> Revoke(DirectorySnapshot current, (string Tenant, string Id) id, Edit edit, DateTimeOffset at)
    {
        if (current.FindKey(id.Tenant, id.Id) is not { Key.Revoked: false } found)
            return Decision<VirtualKey>.No(EditOutcome.NotFound);
        return Change(current, found, found.Key with { Revoked = true }, (AuditActions.RevokeKey, edit, at));
    }

    /// <summary>Replaces what the key pins and when it ends.</summary>
    public static Decision<VirtualKey> Put(DirectorySnapshot current, VirtualKey wanted, Edit edit, DateTimeOffset at)
    {
        if (current.FindKey(wanted.Tenant, wanted.Id) is not { } found)
            return Decision<VirtualKey>.No(EditOutcome.NotFound);
        if (found.Key.Revoked || found.Key.ExpiresAt <= at)
            return Decision<VirtualKey>.No(EditOutcome.KeyIsOver);
        var changed = found.Key with
        {
            Name = wanted.Name, User = wanted.User, Project = wanted.Project, AllowedModels = wanted.AllowedModels, ExpiresAt = wanted.ExpiresAt,
        };
        return Change(current, found, changed, (AuditActions.ChangeKey, edit, at));
    }

    /// <summary>Puts a key with another secret beside one that pins the same, and lets the old one end.</summary>
    /// <param name="order">Of the new key: id, prefix, time, end and secret; the old one's id; and for how long that goes on, unless it ends sooner by itself.</param>
    public static Decision<IssuedKey<VirtualKey>> Rotate(
        DirectorySnapshot current, (IssuedKey<VirtualKey> Fresh, string Old, TimeSpan Overlap) order, Edit edit, DateTimeOffset at)
    {
        var (fresh, id, overlap) = order;
        if (current.FindTenant(fresh.Key.Tenant) is null)
            return Decision<IssuedKey<VirtualKey>>.No(EditOutcome.NoSuchTenant);
        if (current.FindKey(fresh.Key.Tenant, id) is not { } old)
            return Decision<IssuedKey<VirtualKey>>.No(EditOutcome.NotFound);
        if (edit.If?.Holds(DefinitionTag.Of(old.Key)) == false)
            return Decision<IssuedKey<VirtualKey>>.No(EditOutcome.Changed);
        if (old.Key.Revoked || old.Key.ExpiresAt <= at)
            return Decision<IssuedKey<VirtualKey>>.No(EditOutcome.KeyIsOver);
        var ends = at + overlap;
        var ending = old with { Key = old.Key with { ExpiresAt = old.Key.ExpiresAt < ends ? old.Key.ExpiresAt : ends } };
        var key = fresh.Key with
        {
            Name = old.Key.Name, User = old.Key.User, Project = old.Key.Project, AllowedModels = old.Key.AllowedModels, Replaces = id,
        };
        var stored = new StoredKey(key, fresh.Secret.Hash);
        return Decision<IssuedKey<VirtualKey>>.Yes(fresh with { Key = key }, current.With(ending).With(stored), new DirectoryWrite
        {
            Keys = [ending, stored],
            Audit = [EntryOf(AuditActions.RotateKey, old.Key, ending.Key, edit, at), EntryOf(AuditActions.IssueKey, null, key, edit, at)],
        });
    }

    private static Decision<VirtualKey> Change(
        DirectorySnapshot current, StoredKey found, VirtualKey changed, (string Action, Edit Edit, DateTimeOffset At) how)
    {
        if (how.Edit.If?.Holds(DefinitionTag.Of(found.Key)) == false)
            return Decision<VirtualKey>.No(EditOutcome.Changed);
        if (DefinitionJson.Of(found.Key) == DefinitionJson.Of(changed))
            return Decision<VirtualKey>.Stands(found.Key);
        var stored = found with { Key = changed };
        return Decision<VirtualKey>.Yes(changed, current.With(stored), new DirectoryWrite
        {
            Keys = [stored],
            Audit = [EntryOf(how.Action, found.Key, changed, how.Edit, how.At)],
        });
    }

    private static AuditEntry EntryOf(string action, VirtualKey? before, VirtualKey after, Edit edit, DateTimeOffset at) => new(
        at, edit.By, action, $"{after.Tenant}/{after.Id}", after.Tenant, before is null ? null : DefinitionJson.Of(before), DefinitionJson.Of(after));
}
