using System.Text.Json;

namespace BudgetProxy.Distributed.Redis;

/// <summary>What a proxy tells whoever makes counters again.</summary>
/// <param name="Open">Its calls that are under way.</param>
/// <param name="Sent">Entries that it put into the outbox and that may not be in the ledger.</param>
internal sealed record RecoveryAnswer(IReadOnlyList<OpenCall> Open, IReadOnlyList<PlacedEntry> Sent)
{
    public byte[] Write()
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartArray();
            json.WriteStartArray();
            foreach (var call in Open)
                Write(json, call);
            json.WriteEndArray();
            json.WriteStartArray();
            foreach (var entry in Sent)
                Write(json, entry);
            json.WriteEndArray();
            json.WriteEndArray();
        }

        return text.ToArray();
    }

    public static RecoveryAnswer Read(byte[] text)
    {
        using var json = JsonDocument.Parse(text);
        return new RecoveryAnswer([.. json.RootElement[0].EnumerateArray().Select(ReadCall)], [.. json.RootElement[1].EnumerateArray().Select(ReadEntry)]);
    }

    private static void Write(Utf8JsonWriter json, OpenCall call)
    {
        json.WriteStartArray();
        json.WriteStringValue(call.Id);
        json.WriteStringValue(call.Tenant);
        json.WriteStringValue(call.Owner);
        json.WriteNumberValue(call.StartedAt.ToUnixTimeMilliseconds());
        json.WriteNumberValue(call.Deadline.ToUnixTimeMilliseconds());
        json.WriteBase64StringValue(call.Text);
        json.WriteEndArray();
    }

    private static OpenCall ReadCall(JsonElement call) => new(
        call[0].GetGuid(), call[1].GetString()!, call[2].GetString()!, DateTimeOffset.FromUnixTimeMilliseconds(call[3].GetInt64()),
        DateTimeOffset.FromUnixTimeMilliseconds(call[4].GetInt64()), call[5].GetBytesFromBase64());

    private static void Write(Utf8JsonWriter json, PlacedEntry entry)
    {
        json.WriteStartArray();
        json.WriteStringValue(entry.Entry.Id);
        json.WriteNumberValue(entry.Place.Generation);
        json.WriteNumberValue(entry.Place.Sequence);
        json.WriteBase64StringValue(EntryCodec.Write(entry.Entry));
        json.WriteEndArray();
    }

    private static PlacedEntry ReadEntry(JsonElement entry) => new(
        EntryCodec.ReadEntry(entry[3].GetBytesFromBase64(), entry[0].GetGuid()), new Place(entry[1].GetInt64(), entry[2].GetInt64()));
}
