namespace BudgetProxy.Tenants;

/// <summary>A key just made, with the secret that is shown this once.</summary>
public sealed record IssuedKey<TKey>(TKey Key, KeySecret Secret);
