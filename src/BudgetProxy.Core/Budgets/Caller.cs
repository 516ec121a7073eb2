namespace BudgetProxy.Core.Budgets;

/// <summary>Who makes a call: the tenant and key that the credential names, and what the call says of itself where the key pins nothing.</summary>
public sealed record Caller
{
    public required string Tenant { get; init; }

    /// <summary>The virtual key's public id, never the key.</summary>
    public required string Key { get; init; }

    public string? User { get; init; }

    public string? Project { get; init; }

    public string? Run { get; init; }

    /// <summary>Tags in the order given; names are unique.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    /// <summary>
    /// True: what it spends is taken from credit that its tenant has paid before, and is not billed, whatever plan the tenant is on by then; fixed when it is reserved.
    /// Null = noted by a version that did not keep it, or not looked at.
    /// </summary>
    public bool? Prepaid { get; init; }
}
