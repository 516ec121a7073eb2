using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BudgetProxy.Ledger;

namespace BudgetProxy.Admin;

/// <summary>How a stream of entries is written, for one answer. Entries are sent on as they come, so that memory does not grow with their number.</summary>
/// <param name="Header">What stands before the first entry.</param>
/// <param name="Write">Writes one entry; not to be called by two at once.</param>
internal sealed record EntryFormat(string ContentType, byte[] Header, Action<LedgerEntry, IBufferWriter<byte>> Write)
{
    /// <summary>Bytes gathered before they are sent on.</summary>
    private const int FlushBytes = 32 * 1024;

    /// <summary>A JSON document a line.</summary>
    public static EntryFormat JsonLines<T>(Func<LedgerEntry, T> document, JsonTypeInfo<T> type)
    {
        Utf8JsonWriter? json = null;
        return new EntryFormat("application/x-ndjson", [], (entry, output) =>
        {
            json ??= new Utf8JsonWriter(output);
            JsonSerializer.Serialize(json, document(entry), type);
            json.Flush();
            json.Reset();
            output.Write("\n"u8);
        });
    }

    /// <summary>Answers with the entries.</summary>
    public async Task SendAsync(HttpContext http, IAsyncEnumerable<LedgerEntry> entries)
    {
        // The first entry is asked for before the first byte is written: a store that can't be reached is then a 503 and no broken-off file.
        await using var rows = entries.GetAsyncEnumerator(http.RequestAborted);
        var any = await rows.MoveNextAsync();
        http.Response.ContentType = ContentType;
        var output = http.Response.BodyWriter;
        output.Write(Header);
        for (; any; any = await rows.MoveNextAsync())
        {
            Write(rows.Current, output);
            if (output.UnflushedBytes >= FlushBytes)
                await output.FlushAsync();
        }

        await output.FlushAsync();
    }
}
