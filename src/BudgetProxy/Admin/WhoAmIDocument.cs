namespace BudgetProxy.Admin;

/// <summary>The admin key in use.</summary>
public sealed record WhoAmIDocument(string Id, string Name, string Role);
