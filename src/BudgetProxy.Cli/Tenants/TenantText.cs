using System.Text.Json;
using BudgetProxy.Cli.Output;

namespace BudgetProxy.Cli.Tenants;

/// <summary>Words for a tenant.</summary>
internal static class TenantText
{
    public static Cell State(JsonElement tenant) => tenant.Is("suspended") ? new Cell("suspended", Tone.Bad) : new Cell("active");

    public static Facts Facts(JsonElement tenant) => new Facts()
        .Add("Tenant", tenant.Text("id"), Tone.Strong)
        .Add("Name", tenant.Text("name"))
        .Add("State", State(tenant).Text, State(tenant).Tone)
        .Add("Plan", tenant.Text("plan"))
        .Add("Time zone", tenant.Text("timezone") ?? "UTC")
        .Add("Markup", tenant.Number("markupPercent") is { } markup and not 0 ? $"{markup} %" : null)
        .Add("Allowed models", tenant.Joined("allowedModels") ?? "all")
        .Add("Most for one call", tenant.Usd("maxCallUsd") is { } most ? MoneyText.Of(most) : null)
        .Add("Stripe customer", tenant.Text("stripeCustomerId"));
}
