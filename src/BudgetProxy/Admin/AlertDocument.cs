using System.Text.Json;
using BudgetProxy.Alerts;

namespace BudgetProxy.Admin;

/// <summary>An alert that was raised.</summary>
/// <param name="Id">The <c>webhook-id</c> of its deliveries.</param>
/// <param name="Kind">The payload's <c>type</c>.</param>
/// <param name="Tenant">Null = it is no tenant's.</param>
/// <param name="Data">The payload's <c>data</c>.</param>
public sealed record AlertDocument(string Id, string Kind, string? Tenant, string Summary, string At, JsonElement Data)
{
    public static AlertDocument Of(Alert alert)
    {
        using var body = JsonDocument.Parse(alert.Body);
        return new AlertDocument(alert.PublicId, alert.Kind, alert.Tenant, alert.Summary, Names.Of(alert.At), body.RootElement.GetProperty("data").Clone());
    }
}
