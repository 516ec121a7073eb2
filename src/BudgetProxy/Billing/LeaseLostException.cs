namespace BudgetProxy.Billing;

/// <summary>Another proxy has the lease: nothing was written.</summary>
public sealed class LeaseLostException() : Exception("Another proxy exports now.");
