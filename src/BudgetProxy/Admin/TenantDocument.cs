using System.Text.Json.Serialization;
using BudgetProxy.Tenants;

namespace BudgetProxy.Admin;

/// <summary>A tenant as the admin API shows and takes it.</summary>
/// <param name="Plan">Always null: plans are not in this version.</param>
/// <param name="Timezone">IANA zone for budgets that set none; null = UTC.</param>
/// <param name="AllowedModels">Patterns with <c>*</c>; empty = all.</param>
/// <param name="MaxCallUsd">Decimal string; null = no per-call ceiling.</param>
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

    internal static Tenant Read(string id, FieldReader fields)
    {
        if (DirectoryRules.TenantIdProblem(id) is { } problem)
            fields.Fail("tenant", problem);
        var tenant = new Tenant
        {
            Id = id,
            Name = fields.Text("name"),
            TimeZone = TimeZones.Read(fields)?.Id,
            StripeCustomerId = fields.Text("stripeCustomerId"),
            MarkupBasisPoints = ReadMarkup(fields),
            AllowedModels = fields.TextList("allowedModels", DirectoryRules.MaxAllowedModels),
            MaxCall = fields.Money("maxCallUsd"),
            Suspended = fields.Flag("suspended") ?? false,
        };
        RefusePlan(fields);
        fields.RefuseUnknown();
        return tenant;
    }

    /// <summary>A tenant that is put on a plan expects limits of it; without plans it would have none.</summary>
    private static void RefusePlan(FieldReader fields)
    {
        if (fields.Text("plan") is not null)
            fields.Fail("plan", "Plans are not in this version: give the tenant budgets of its own and leave the field out.");
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
