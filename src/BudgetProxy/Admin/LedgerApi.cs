using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using BudgetProxy.Ledger;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary><c>/ledger</c>: the entries, streamed row by row, so that memory does not grow with their number.</summary>
internal static class LedgerApi
{
    /// <summary>Bytes gathered before they are sent on.</summary>
    private const int FlushBytes = 32 * 1024;

    public static void Map(IEndpointRouteBuilder admin) => admin.MapGet("/ledger", Get);

    private static async Task<Results<EmptyHttpResult, ProblemHttpResult>> Get(HttpContext http, ILedger ledger, CancellationToken cancellationToken)
    {
        var query = new QueryReader(http.Request.Query);
        var filter = query.LedgerFilter();
        var csv = query.OneOf("format", "jsonl", "csv") == "csv";
        query.RefuseUnknown();
        if (query.Errors.Any)
            return query.Errors.ToProblem();

        // The first entry is asked for before the first byte is written: a store that can't be reached is then a 503 and no broken-off file.
        await using var entries = ledger.StreamAsync(filter, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var any = await entries.MoveNextAsync();
        http.Response.ContentType = csv ? "text/csv; charset=utf-8" : "application/x-ndjson";
        await (csv ? WriteCsvAsync(entries, any, http.Response.BodyWriter) : WriteJsonLinesAsync(entries, any, http.Response.BodyWriter));
        return TypedResults.Empty;
    }

    private static async Task WriteCsvAsync(IAsyncEnumerator<LedgerEntry> entries, bool any, PipeWriter output)
    {
        var csv = new LedgerCsv();
        LedgerCsv.WriteHeader(output);
        for (; any; any = await entries.MoveNextAsync())
        {
            csv.Write(LedgerDocument.Of(entries.Current), output);
            await SendAsync(output);
        }

        await output.FlushAsync();
    }

    private static async Task WriteJsonLinesAsync(IAsyncEnumerator<LedgerEntry> entries, bool any, PipeWriter output)
    {
        using var json = new Utf8JsonWriter(output);
        for (; any; any = await entries.MoveNextAsync())
        {
            JsonSerializer.Serialize(json, LedgerDocument.Of(entries.Current), AdminJson.Default.LedgerDocument);
            json.Flush();
            json.Reset();
            output.Write("\n"u8);
            await SendAsync(output);
        }

        await output.FlushAsync();
    }

    private static async ValueTask SendAsync(PipeWriter output)
    {
        if (output.UnflushedBytes >= FlushBytes)
            await output.FlushAsync();
    }
}
