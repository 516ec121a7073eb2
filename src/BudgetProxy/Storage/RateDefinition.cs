using System.Text.Json;
using System.Text.Json.Serialization;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Storage;

/// <summary>A rate row as JSON, with the members that the shipped rate card has.</summary>
internal static class RateDefinition
{
    public static string Json(Rate rate) => JsonSerializer.Serialize(rate, RateJson.Default.Rate);

    /// <exception cref="FormatException">It was written by a newer version, or is no row at all.</exception>
    public static Rate Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, RateJson.Default.Rate) ?? throw new FormatException("A rate row is empty.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"A rate row can't be read; it may be a newer version's: {e.Message}", e);
        }
    }

    internal sealed class ProviderName : JsonConverter<Provider>
    {
        public override Provider Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            ProviderNames.TryParse(reader.GetString(), out var provider) ? provider : throw new JsonException("Not a provider.");

        public override void Write(Utf8JsonWriter writer, Provider value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name());
    }

    internal sealed class CamelCase<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.CamelCase)
        where TEnum : struct, Enum;
}
