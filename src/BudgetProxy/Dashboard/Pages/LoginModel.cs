namespace BudgetProxy.Dashboard.Pages;

/// <param name="To">Where to go afterwards: a path of ours.</param>
/// <param name="Error">Why the last attempt failed.</param>
public sealed record LoginModel(string To, string? Error);
