using BudgetProxy.Core.Money;
using BudgetProxy.Tenants;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>A row of <c>tenants</c>.</summary>
internal sealed class TenantRow
{
    public required string Id { get; set; }

    public string? Name { get; set; }

    public string? Plan { get; set; }

    public string? TimeZone { get; set; }

    public string? StripeCustomerId { get; set; }

    public int MarkupBasisPoints { get; set; }

    public string[] AllowedModels { get; set; } = [];

    public long? MaxCall { get; set; }

    public bool Suspended { get; set; }

    public static TenantRow Of(Tenant tenant) => new()
    {
        Id = tenant.Id,
        Name = tenant.Name,
        Plan = tenant.Plan,
        TimeZone = tenant.TimeZone,
        StripeCustomerId = tenant.StripeCustomerId,
        MarkupBasisPoints = tenant.MarkupBasisPoints,
        AllowedModels = [.. tenant.AllowedModels],
        MaxCall = tenant.MaxCall?.Value,
        Suspended = tenant.Suspended,
    };

    /// <summary>The tenant, still without its budgets.</summary>
    public Tenant ToTenant() => new()
    {
        Id = Id,
        Name = Name,
        Plan = Plan,
        TimeZone = TimeZone,
        StripeCustomerId = StripeCustomerId,
        MarkupBasisPoints = MarkupBasisPoints,
        AllowedModels = AllowedModels,
        MaxCall = MaxCall is { } amount ? new NanoUsd(amount) : null,
        Suspended = Suspended,
    };
}
