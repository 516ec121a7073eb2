namespace BudgetProxy.Billing;

/// <summary>Which proxy exports.</summary>
/// <param name="Proxy">An id that it has until it stops.</param>
/// <param name="IsThis">True = the one that answers.</param>
/// <param name="Until">When another may take over, unless it stays.</param>
public sealed record HolderDocument(Guid Proxy, bool IsThis, string Until);
