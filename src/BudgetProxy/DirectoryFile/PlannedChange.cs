namespace BudgetProxy.DirectoryFile;

/// <summary>One thing that a file changes in the directory.</summary>
/// <param name="Action"><c>create</c>, <c>change</c> or <c>delete</c>; a key that is deleted is revoked.</param>
/// <param name="Kind"><c>plan</c>, <c>tenant</c>, <c>budget</c> or <c>key</c>.</param>
/// <param name="Target">A tenant's id or a plan's name; of a budget or key after that a slash and its own name, and of a key that is deleted its id too where others have the name.</param>
/// <param name="Fields">Of what is created those that it sets; of what is deleted none.</param>
public sealed record PlannedChange(string Action, string Kind, string Target, IReadOnlyList<FieldChange> Fields)
{
    public const string Create = "create";
    public const string Change = "change";
    public const string Delete = "delete";
}
