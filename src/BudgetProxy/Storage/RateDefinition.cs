using System.Text.Json;
using System.Text.Json.Serialization;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Storage;

/// <summary>A rate row as JSON, with the members that the shipped rate card has.</summary>
internal static class RateDefinition
{
    public static string Json(Rate rate) => JsonSerializer.Serialize(rate, RateJson.Default.Rate);

    internal sealed class ProviderName : JsonConverter<Provider>
    {
        public override Provider Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            ProviderNames.TryParse(reader.GetString(), out var provider) ? provider : throw new JsonException("Not a provider.");

        public override void Write(Utf8JsonWriter writer, Provider value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name());
    }

    internal sealed class CamelCase<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.CamelCase)
        where TEnum : struct, Enum;
}
