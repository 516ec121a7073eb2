using System.Text.Json;
using System.Text.Json.Serialization;
using BudgetProxy.Tenants;

namespace BudgetProxy.Tests.Tenants;

/// <summary>All of the directory's content as text, so that two can be compared whole.</summary>
internal static class DirectoryText
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, Converters = { new ZoneConverter(), new HashConverter() } };

    public static string Of(DirectoryContent content) => JsonSerializer.Serialize(content with { Version = 0 }, Options);

    private sealed class ZoneConverter : JsonConverter<TimeZoneInfo>
    {
        public override TimeZoneInfo Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, TimeZoneInfo value, JsonSerializerOptions options) => writer.WriteStringValue(value.Id);
    }

    private sealed class HashConverter : JsonConverter<KeyHash>
    {
        public override KeyHash Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, KeyHash value, JsonSerializerOptions options) => writer.WriteBase64StringValue(value.ToArray());
    }
}
