namespace BudgetProxy.Tenants;

/// <summary>A virtual key with the hash it is found by.</summary>
public sealed record StoredKey(VirtualKey Key, KeyHash Hash);
