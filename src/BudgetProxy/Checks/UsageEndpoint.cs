using System.Text.Json;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Gateway;
using BudgetProxy.Hosting;
using BudgetProxy.Ledger;

namespace BudgetProxy.Checks;

/// <summary>
/// <c>POST /v1/usage</c>: books what was used and not reserved, one object or JSON lines. Never refused for a budget's sake: it is spent. Each has an id of
/// the client's, and is booked once however often it is sent; a line at fault keeps no other from being booked.
/// </summary>
public sealed class UsageEndpoint(ILedger ledger, DirectQuoter quoter, ProxyOptions options, ProxyMetrics metrics, TimeProvider clock)
{
    /// <summary>Bytes of a body at most.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    /// <summary>Lines of a body at most.</summary>
    public const int MaxLines = 10_000;

    /// <summary>Entries that are booked in one step.</summary>
    private const int Step = 200;

    private static readonly string[] LineTypes = ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/jsonlines"];

    public async Task<GatewayRefusal?> RunAsync(Call call)
    {
        if (await CheckBody.FillAsync(call, Math.Min(options.MaxBodyBytes, MaxBytes)) is { } unread)
            return unread;
        var body = call.Body.Memory;
        if (IsLines(call.Context.Request, body))
            return await BookLinesAsync(call, body);
        var line = UsageReader.Read(call, quoter, body, 1, clock.GetUtcNow());
        if (line.Entry is null)
            return line.Refusal;
        var isNew = (await BookAsync(call, [line])).Count > 0;
        return await DirectAnswer.SendAsync(call, StatusCodes.Status200OK, DirectAnswer.Object(json => WriteBooked(json, line, isNew)));
    }

    private async Task<GatewayRefusal?> BookLinesAsync(Call call, ReadOnlyMemory<byte> body)
    {
        var count = 1 + body.Span.Count((byte)'\n');
        if (count > MaxLines + 1)
            return CheckRefusals.NotJson($"A body has {MaxLines} lines at most, this one {count}. Nothing was booked; send them in several requests.");
        var outcomes = new List<(UsageLine Line, bool IsNew)>();
        var (at, number) = (0, 0);
        var step = new List<UsageLine>(Step);
        while (at < body.Length)
        {
            var length = body.Span[at..].IndexOf((byte)'\n');
            var line = body.Slice(at, length < 0 ? body.Length - at : length);
            at += line.Length + 1;
            number++;
            if (line.Span.Trim(" \t\r"u8).Length > 0)
                step.Add(UsageReader.Read(call, quoter, line, number, clock.GetUtcNow()));
            if (step.Count < Step && at < body.Length)
                continue;
            var booked = await BookAsync(call, step);
            // An id that comes twice in one step is new the first time.
            foreach (var read in step)
                outcomes.Add((read, read.Entry is { } entry && booked.Remove(entry.Id)));
            step.Clear();
        }

        return outcomes.Count == 0 ? CheckRefusals.NotJson("The body is empty: send one JSON object, or one on each line.") : await AnswerAsync(call, outcomes);
    }

    /// <returns>Ids of the entries that were not there before.</returns>
    private async ValueTask<HashSet<Guid>> BookAsync(Call call, List<UsageLine> lines)
    {
        var entries = lines.Select(line => line.Entry).OfType<LedgerEntry>().ToList();
        if (entries.Count == 0)
            return [];
        var booked = (await ledger.AppendAsync(entries, call.Tenant.Budgets, CancellationToken.None)).ToHashSet();
        foreach (var entry in entries.DistinctBy(entry => entry.Id).Where(entry => booked.Contains(entry.Id)))
            metrics.CallSettled(UsageBasis.Reported, entry.Usage, entry.Cost);
        return booked;
    }

    private static Task<GatewayRefusal?> AnswerAsync(Call call, List<(UsageLine Line, bool IsNew)> outcomes)
    {
        var errors = outcomes.Count(outcome => outcome.Line.Refusal is not null);
        var booked = outcomes.Count(outcome => outcome.IsNew);
        // Where nothing at all can be booked a client that looks at no more than the status must hear of it.
        var status = errors == outcomes.Count ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK;
        return DirectAnswer.SendAsync(call, status, DirectAnswer.Object(json =>
        {
            json.WriteNumber("booked", booked);
            json.WriteNumber("duplicates", outcomes.Count - booked - errors);
            json.WriteNumber("errors", errors);
            json.WriteStartArray("items");
            foreach (var (line, isNew) in outcomes)
            {
                json.WriteStartObject();
                json.WriteNumber("line", line.Number);
                if (line.Refusal is { } refusal)
                    WriteError(json, line, refusal);
                else
                    WriteBooked(json, line, isNew);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }));
    }

    private static void WriteBooked(Utf8JsonWriter json, UsageLine line, bool isNew)
    {
        json.WriteString("id", line.Id);
        json.WriteString("status", isNew ? "booked" : "duplicate");
        json.WriteString("entry", line.Entry!.Id);
        // What a duplicate came to is what the first said.
        if (!isNew)
            return;
        json.WriteString("costUsd", line.Entry.Cost.ToString());
        json.WriteString("chargedUsd", line.Entry.Charged.ToString());
    }

    private static void WriteError(Utf8JsonWriter json, UsageLine line, GatewayRefusal refusal)
    {
        json.WriteString("id", line.Id);
        json.WriteString("status", "error");
        json.WriteString("code", refusal.Code);
        json.WriteString("param", refusal.Param);
        json.WriteString("message", refusal.Message);
    }

    /// <summary>By its type, or since its first line is a whole object and not all of it.</summary>
    private static bool IsLines(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        var type = request.ContentType?.Split(';')[0].Trim();
        if (LineTypes.Contains(type, StringComparer.OrdinalIgnoreCase))
            return true;
        var end = body.Span.TrimEnd(" \t\r\n"u8).IndexOf((byte)'\n');
        return end > 0 && CheckBody.Parse(body[..end], out _) is not null;
    }
}
