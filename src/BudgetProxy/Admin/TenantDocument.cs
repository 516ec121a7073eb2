using System.Text.Json.Serialization;
using BudgetProxy.Tenants;

namespace BudgetProxy.Admin;

/// <summary>A tenant as the admin API shows and takes it.</summary>
/// <param name="Plan">The plan whose budgets the tenant has beside its own; null = none.</param>
/// <param name="Timezone">IANA zone for budgets that set none; null = UTC.</param>
/// <param name="AllowedModels">Patterns with <c>*</c>; empty = its plan's, and without a plan all.</param>
/// <param name="MaxCallUsd">Per-call ceiling as a decimal string; null = its plan's, and without a plan none.</param>
public sealed record TenantDocument(
    string Id, string? Name, string? Plan, string? Timezone, string? StripeCustomerId, decimal MarkupPercent,
    IReadOnlyList<string> AllowedModels, string? MaxCallUsd, bool Suspended)
{
    /// <summary>What its calls cost in this calendar month, UTC; only in the list.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SpentMonthUsd { get; init; }

    /// <summary>Its calls of this calendar month, UTC; only in the list.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? RequestsMonth { get; init; }

    /// <summary>(Spent + held) ÷ limit of the enforced budget that is nearest its limit; only in the list, and left out where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? TightestShare { get; init; }

    /// <summary>1,000 % of markup is a slip of the hand more often than a price.</summary>
    private const decimal MaxMarkupPercent = 1000;

    public static TenantDocument Of(Tenant tenant) => new(
        tenant.Id, tenant.Name, tenant.Plan, tenant.TimeZone, tenant.StripeCustomerId, tenant.MarkupBasisPoints / 100m,
        tenant.AllowedModels, tenant.MaxCall?.ToBalance(), tenant.Suspended);

    /// <param name="customer">The customer that the tenant has: it may stay whatever it is, so that who was linked before ids were looked at can still be suspended.</param>
    internal static Tenant Read(string id, FieldReader fields, string? customer = null)
    {
        if (DirectoryRules.TenantIdProblem(id) is { } problem)
            fields.Fail("tenant", problem);
        var tenant = new Tenant
        {
            Id = id,
            Name = fields.Text("name"),
            Plan = fields.Text("plan"),
            TimeZone = TimeZones.Read(fields)?.Id,
            StripeCustomerId = ReadCustomer(fields, customer),
            MarkupBasisPoints = ReadMarkup(fields),
            AllowedModels = fields.TextList("allowedModels", DirectoryRules.MaxAllowedModels),
            MaxCall = fields.Money("maxCallUsd"),
            Suspended = fields.Flag("suspended") ?? false,
        };
        fields.RefuseUnknown();
        return tenant;
    }

    private static string? ReadCustomer(FieldReader fields, string? present)
    {
        var customer = fields.Text("stripeCustomerId");
        if (customer is not null && customer != present && DirectoryRules.StripeCustomerProblem(customer) is { } problem)
            fields.Fail("stripeCustomerId", problem);
        return customer;
    }

    private static int ReadMarkup(FieldReader fields)
    {
        var percent = fields.Number("markupPercent") ?? 0;
        if (percent is >= 0 and <= MaxMarkupPercent && decimal.Round(percent, 2) == percent)
            return (int)(percent * 100);
        fields.Fail("markupPercent", $"Must be from 0 to {MaxMarkupPercent} with at most two decimals.");
        return 0;
    }
}
