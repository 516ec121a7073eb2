namespace BudgetProxy.DirectoryFile;

/// <summary>Something in a directory file that is wrong, or is better done otherwise.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Path">Where it belongs, such as <c>tenants.acme.budgets.monthly.limit.usd</c>; empty = the file as a whole.</param>
/// <param name="Message">What would be right, in a sentence.</param>
public sealed record FileError(int Line, int Column, string Path, string Message)
{
    /// <summary>One line: <c>7:12 tenants.acme.name: Must be a string.</c></summary>
    public override string ToString() => Path.Length == 0 ? $"{Line}:{Column} {Message}" : $"{Line}:{Column} {Path}: {Message}";
}
