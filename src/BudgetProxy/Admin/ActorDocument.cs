namespace BudgetProxy.Admin;

/// <summary>Who made a change.</summary>
/// <param name="Id">Public id of the admin key, or <c>directory-file</c>, or <c>budgetproxy</c>.</param>
public sealed record ActorDocument(string Id, string Name);
