using System.Globalization;
using System.Text.Json;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Cli.Output;

/// <summary>Reads what there may be in an answer: an older proxy leaves a field out, a newer one adds some.</summary>
internal static class JsonFields
{
    /// <summary>A field, or one inside another: <c>limit.usd</c>. Null where it, or what it stands in, is missing or null.</summary>
    public static JsonElement? Field(this JsonElement json, string path)
    {
        foreach (var name in path.Split('.'))
        {
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out json) || json.ValueKind == JsonValueKind.Null)
                return null;
        }

        return json;
    }

    /// <summary>A text, or a number as it is written.</summary>
    public static string? Text(this JsonElement json, string path) => json.Field(path)?.ToString();

    public static long? Whole(this JsonElement json, string path) => json.Field(path) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var whole) ? whole : null;

    public static decimal? Number(this JsonElement json, string path) =>
        decimal.TryParse(json.Text(path), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static bool Is(this JsonElement json, string path) => json.Field(path) is { ValueKind: JsonValueKind.True };

    public static NanoUsd? Usd(this JsonElement json, string path) => NanoUsd.TryParse(json.Text(path), out var amount) ? amount : null;

    /// <summary>The items of an array; none where there is no such array.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement json, string path) =>
        json.Field(path) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    /// <summary>The texts of an array side by side; null where there are none.</summary>
    public static string? Joined(this JsonElement json, string path) => json.Items(path).Select(item => item.ToString()).ToList() is { Count: > 0 } all ? string.Join(", ", all) : null;
}
