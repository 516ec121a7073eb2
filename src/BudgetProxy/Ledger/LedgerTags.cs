using System.Buffers;
using System.Text;
using System.Text.Json;

namespace BudgetProxy.Ledger;

/// <summary>A call's tags as they stand in rows: a JSON object in the order in which they were given, or nothing where there are none.</summary>
internal static class LedgerTags
{
    public static string? Write(IReadOnlyList<KeyValuePair<string, string>> tags)
    {
        if (tags.Count == 0)
            return null;
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in tags)
                json.WriteString(name, value);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static List<KeyValuePair<string, string>> Read(string? text)
    {
        var tags = new List<KeyValuePair<string, string>>();
        if (text is null)
            return tags;
        using var json = JsonDocument.Parse(text);
        foreach (var tag in json.RootElement.EnumerateObject())
            tags.Add(new(tag.Name, tag.Value.GetString()!));
        return tags;
    }
}
