namespace BudgetProxy.Audit;

/// <summary>Who made a change.</summary>
/// <param name="Id">Public id of the admin key, or the name of what changes things by itself.</param>
/// <param name="Name">The key's name as it was then.</param>
public sealed record AuditActor(string Id, string Name)
{
    /// <summary>The directory file, read at start and on change.</summary>
    public static readonly AuditActor DirectoryFile = new("directory-file", "directory-file");

    /// <summary>The proxy itself, which makes the first admin key.</summary>
    public static readonly AuditActor Proxy = new("budgetproxy", "budgetproxy");
}
