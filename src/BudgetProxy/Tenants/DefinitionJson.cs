using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Tenants;

/// <summary>
/// Definitions as JSON, with the fields that the admin API takes: what the audit trail keeps, a patch is laid on, and a tag is made of. No secret and no
/// hash of one stands in them.
/// </summary>
internal static class DefinitionJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(Tenant tenant) => Write(json =>
    {
        json.WriteString("name", tenant.Name);
        json.WriteString("plan", tenant.Plan);
        json.WriteString("timezone", tenant.TimeZone);
        json.WriteString("stripeCustomerId", tenant.StripeCustomerId);
        json.WriteNumber("markupPercent", tenant.MarkupBasisPoints / 100m);
        WriteLimits(json, tenant.AllowedModels, tenant.MaxCall);
        json.WriteBoolean("suspended", tenant.Suspended);
    });

    public static string Of(Budget budget) => Write(json => WriteFields(json, budget));

    public static string Of(Plan plan) => Write(json =>
    {
        json.WriteStartArray("budgets");
        foreach (var budget in plan.Budgets)
        {
            json.WriteStartObject();
            json.WriteString("name", budget.Name);
            WriteFields(json, budget);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteLimits(json, plan.AllowedModels, plan.MaxCall);
        if (plan.Included is { } included)
            WriteAmount(json, "included", included.Kind, included.Amount);
        else
            json.WriteNull("included");
        json.WriteString("billing", Name(plan.Billing));
    });

    public static string Of(VirtualKey key) => Write(json =>
    {
        WriteFields(json, key);
        json.WriteBoolean("revoked", key.Revoked);
    });

    /// <summary>Only what an admin can set.</summary>
    public static string OfSettable(VirtualKey key) => Write(json => WriteFields(json, key));

    private static void WriteFields(Utf8JsonWriter json, VirtualKey key)
    {
        json.WriteString("name", key.Name);
        json.WriteString("user", key.User);
        json.WriteString("project", key.Project);
        WriteTexts(json, "allowedModels", key.AllowedModels);
        json.WriteString("expiresAt", key.ExpiresAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
    }

    /// <summary>A top-up or reset, as the call that asked for it.</summary>
    public static string Of(BudgetAct act) => Write(json =>
    {
        if (act.TopUp is { } amount)
            json.WriteString("usd", new NanoUsd(amount).ToBalance());
        json.WriteString("value", act.Value);
    });

    public static string Of(AdminKey key) => Write(json =>
    {
        json.WriteString("name", key.Name);
        json.WriteString("role", Name(key.Role));
    });

    private static void WriteFields(Utf8JsonWriter json, Budget budget)
    {
        json.WriteString("per", budget.Per?.Name(budget.PerTag));
        json.WriteStartObject("match");
        foreach (var condition in budget.Match)
            json.WriteString(condition.Dimension.Name(condition.Tag), condition.Pattern);
        json.WriteEndObject();
        WriteAmount(json, "limit", budget.LimitKind, budget.Limit);
        json.WriteString("window", budget.Window.ToString());
        json.WriteString("timezone", budget.InheritsTimeZone ? null : budget.Window.TimeZone.Id);
        json.WriteString("mode", Name(budget.Mode));
        json.WriteString("admission", Name(budget.Admission));
        json.WriteStartArray("alertAt");
        foreach (var percent in budget.AlertAtPercent)
            json.WriteNumberValue(percent / 100m);
        json.WriteEndArray();
    }

    private static void WriteAmount(Utf8JsonWriter json, string name, LimitKind kind, long amount)
    {
        json.WriteStartObject(name);
        if (kind.IsMoney())
            json.WriteString(kind.Name(), new NanoUsd(amount).ToBalance());
        else
            json.WriteNumber(kind.Name(), amount);
        json.WriteEndObject();
    }

    private static void WriteLimits(Utf8JsonWriter json, IReadOnlyList<string> allowedModels, NanoUsd? maxCall)
    {
        WriteTexts(json, "allowedModels", allowedModels);
        json.WriteString("maxCallUsd", maxCall?.ToBalance());
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static string Name<TEnum>(TEnum value)
        where TEnum : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Write(Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
