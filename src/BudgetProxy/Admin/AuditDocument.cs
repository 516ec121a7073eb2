using System.Globalization;
using System.Text.Json;
using BudgetProxy.Audit;

namespace BudgetProxy.Admin;

/// <summary>One change by an admin.</summary>
/// <param name="Id">Grows with each entry; what <c>after</c> takes.</param>
/// <param name="Target">What was changed: <c>acme</c>, <c>acme/monthly</c>, <c>plans/pro</c>.</param>
/// <param name="Before">The definition before; null = there was none.</param>
/// <param name="After">The definition after; null = there is none any more.</param>
public sealed record AuditDocument(
    string Id, string At, ActorDocument By, string Action, string Target, string? Tenant, JsonElement? Before, JsonElement? After)
{
    public static AuditDocument Of(AuditEntry entry) => new(
        IdOf(entry), Names.Of(entry.At), new ActorDocument(entry.By.Id, entry.By.Name), entry.Action, entry.Target, entry.Tenant, Json(entry.Before),
        Json(entry.After));

    internal static string IdOf(AuditEntry entry) => entry.Id.ToString(CultureInfo.InvariantCulture);

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);
}
