using System.Globalization;
using System.Text.Json;

namespace BudgetProxy.Stripe;

/// <summary>Reads what Stripe answers. Each gives null for what is not the object that it reads, and passes over members that it does not know.</summary>
internal static class StripeObjects
{
    public static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : default;

    public static string? Text(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static bool IsTrue(JsonElement parent, string name) => Member(parent, name).ValueKind == JsonValueKind.True;

    /// <summary>A number, or a number in quotes: Stripe has its decimals both ways.</summary>
    public static decimal? Number(JsonElement parent, string name) => Member(parent, name) switch
    {
        { ValueKind: JsonValueKind.Number } value when value.TryGetDecimal(out var number) => number,
        { ValueKind: JsonValueKind.String } value when decimal.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    /// <summary>Unix seconds.</summary>
    public static DateTimeOffset? Instant(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var seconds)
        && seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds() && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    /// <summary>Null where one item can't be read: a list with a hole would be taken for whole.</summary>
    public static StripePage<T>? Page<T>(JsonElement body, Func<JsonElement, T?> read)
        where T : class
    {
        if (Member(body, "data") is not { ValueKind: JsonValueKind.Array } data)
            return null;
        var items = new List<T>(data.GetArrayLength());
        string? last = null;
        foreach (var element in data.EnumerateArray())
        {
            if (read(element) is not { } item)
                return null;
            items.Add(item);
            last = Text(element, "id");
        }

        if (!IsTrue(body, "has_more"))
            return new StripePage<T>(items, null);
        return last is null ? null : new StripePage<T>(items, last);
    }

    public static EventSummary? Summary(JsonElement row) =>
        Number(row, "aggregated_value") is { } value && Instant(row, "start_time") is { } from && Instant(row, "end_time") is { } to
            ? new EventSummary(value, from, to)
            : null;

    public static StripeMeter? Meter(JsonElement meter)
    {
        if (Text(meter, "id") is not { } id || Text(meter, "event_name") is not { } eventName)
            return null;
        var mapping = Member(meter, "customer_mapping");
        return new StripeMeter(
            id,
            eventName,
            Text(meter, "status") == "active",
            Text(Member(meter, "default_aggregation"), "formula") ?? "",
            Text(mapping, "type") == "by_id" ? Text(mapping, "event_payload_key") : null,
            Text(Member(meter, "value_settings"), "event_payload_key") ?? "",
            Text(meter, "event_time_window"),
            IsTrue(meter, "livemode"));
    }

    public static StripeProduct? Product(JsonElement product) =>
        Text(product, "id") is { } id && Text(product, "object") == "product" ? new StripeProduct(id, IsTrue(product, "active")) : null;

    public static StripePrice? Price(JsonElement price)
    {
        if (Text(price, "id") is not { } id || Text(price, "product") is not { } product)
            return null;
        var recurring = Member(price, "recurring");
        return new StripePrice(
            id, IsTrue(price, "active"), product, Text(price, "currency") ?? "", Number(price, "unit_amount_decimal"), Text(price, "billing_scheme") ?? "",
            Text(recurring, "usage_type"), Text(recurring, "interval"), (long)(Number(recurring, "interval_count") ?? 1), Text(recurring, "meter"));
    }

    public static StripeCustomer? Customer(JsonElement customer) => Text(customer, "id") is { } id && Text(customer, "object") == "customer"
        ? new StripeCustomer(id, Text(Member(customer, "metadata"), StripeClient.TenantKey), IsTrue(customer, "deleted"))
        : null;
}
