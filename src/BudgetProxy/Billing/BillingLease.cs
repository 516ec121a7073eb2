namespace BudgetProxy.Billing;

/// <summary>The right to cut and to send, of one proxy at a time. What is written under one that was lost is refused.</summary>
/// <param name="Token">Another with each holder.</param>
/// <param name="Until">When others may take it.</param>
public readonly record struct BillingLease(Guid Owner, long Token, DateTimeOffset Until);
