using System.Buffers;
using System.Text.Json;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Requests;
using BudgetProxy.Gateway;
using BudgetProxy.Hosting;
using BudgetProxy.Reservations;

namespace BudgetProxy.Batches;

/// <summary>
/// <c>POST /v1/estimate/openai/batches</c> (JSON lines) and <c>/v1/estimate/anthropic/messages/batches</c> (its body): what a batch would cost and whether it would be
/// admitted. Forwards, reserves and keeps nothing.
/// </summary>
public sealed class BatchEstimate(LineRulesFactory rules, IReservationStore store, ProxyOptions options)
{
    public async Task<GatewayRefusal?> RunAsync(Call call)
    {
        var its = rules.For(call);
        var intake = new LineIntake(its);
        using (ItemSplitter items = call.Route.Provider == Provider.Anthropic
            ? new JsonArraySplitter(options.MaxBodyBytes, intake.Take)
            : new JsonLineSplitter(options.MaxBodyBytes, intake.Take))
        {
            if (await BatchBody.ReadAsync(call, items, intake.Problems, null, options.MaxBatchBytes) is { } broken)
                return broken;
        }

        if (intake.Problems.ToRefusal() is { } refusal)
            return refusal;
        var pricer = new BatchPricer(its);
        foreach (var chunk in intake.Finish())
            pricer.Price(chunk);
        if (intake.Count == 0)
            return Refusals.InvalidRequest(new RequestError("A batch needs at least one line.", null));
        if (pricer.Refusal is { } tooDear)
            return tooDear;
        var quote = pricer.Conclude();
        await AnswerAsync(call, quote, await store.PeekAsync(quote.Holds, call.Context.RequestAborted));
        return null;
    }

    private static async Task AnswerAsync(Call call, BatchQuote quote, IReadOnlyList<BudgetState> states)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteNumber("lines", quote.LineCount);
            json.WriteStartArray("rates");
            foreach (var rate in quote.Rates.Values)
                json.WriteStringValue(rate);
            json.WriteEndArray();
            json.WriteStartObject("tokens");
            json.WriteNumber("input", quote.InputTokens);
            json.WriteNumber("inputBound", quote.WorstUsage.TotalInput);
            json.WriteNumber("maxOutput", quote.WorstUsage.Output);
            json.WriteEndObject();
            json.WriteStartObject("costUsd");
            json.WriteString("expected", quote.Expected.ToString());
            json.WriteString("worst", quote.Worst.ToString());
            json.WriteEndObject();
            json.WriteString("decision", EstimateEndpoint.Decide(quote.Holds, states));
            json.WriteStartArray("budgets");
            for (var i = 0; i < states.Count; i++)
                EstimateEndpoint.WriteBudget(json, quote.Holds[i], states[i]);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        call.Context.Response.ContentType = "application/json";
        call.Context.Response.ContentLength = body.WrittenCount;
        await call.Context.Response.Body.WriteAsync(body.WrittenMemory, call.Context.RequestAborted);
    }
}
