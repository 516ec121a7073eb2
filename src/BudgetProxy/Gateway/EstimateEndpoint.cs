using System.Buffers;
using System.Text.Json;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Reservations;

namespace BudgetProxy.Gateway;

/// <summary><c>POST /v1/estimate/{provider}/{route}</c>: what the call would cost and whether it would be admitted. Forwards and reserves nothing.</summary>
public sealed class EstimateEndpoint(CallIdentifier identifier, CallQuoter quoter, IReservationStore store, TimeProvider clock)
{
    public async Task RunAsync(HttpContext context)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        context.Response.Headers[HeaderNames.RequestId] = id.ToString();
        var values = context.Request.RouteValues;
        var route = ProviderRoutes.FindMetered(values["provider"] as string ?? "", values["route"] as string ?? "");
        if (route is null)
        {
            await RefusalWriter.WriteAsync(
                context, ProviderNames.TryParse(values["provider"] as string, out var named) ? named : default, Refusals.UnsupportedRoute);
            return;
        }

        using var call = new Call(context, route, id, now);
        try
        {
            ServiceTier? tier = context.Request.Query["service_tier"] == "batch" ? ServiceTier.Batch : null;
            var refusal = RequestFraming.Check(context.Request)
                ?? identifier.Identify(call)
                ?? await quoter.ReadAsync(call)
                ?? quoter.Quote(call, tier)
                ?? CallReserver.CheckCeiling(call);
            if (refusal is null)
                await AnswerAsync(call);
            else
                await RefusalWriter.WriteAsync(context, route.Provider, refusal);
        }
        finally
        {
            quoter.Return(call);
        }
    }

    private async Task AnswerAsync(Call call)
    {
        var holds = CallReserver.HoldsOf(call);
        IReadOnlyList<BudgetState> states;
        try
        {
            states = await store.PeekAsync(holds, call.Context.RequestAborted);
        }
        catch (StoreUnavailableException)
        {
            await RefusalWriter.WriteAsync(call.Context, call.Route.Provider, Refusals.StoreUnavailable);
            return;
        }

        var body = new ArrayBufferWriter<byte>(1024);
        Write(body, call, holds, states);
        call.Context.Response.ContentType = "application/json";
        call.Context.Response.ContentLength = body.WrittenCount;
        await call.Context.Response.Body.WriteAsync(body.WrittenMemory, call.Context.RequestAborted);
    }

    private static void Write(IBufferWriter<byte> output, Call call, List<Hold> holds, IReadOnlyList<BudgetState> states)
    {
        var quote = call.Quote;
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("model", call.Request.Model);
        json.WriteString("rate", call.Unpriced ? null : quote.Rate.Id);
        json.WriteStartObject("tokens");
        json.WriteNumber("input", quote.Input.Tokens);
        json.WriteNumber("inputBound", quote.Input.Bound);
        json.WriteNumber("cachedInput", quote.ExpectedUsage.CachedInput);
        json.WriteNumber("maxOutput", quote.OutputLimit);
        json.WriteString("method", quote.Input.Method.ToString().ToLowerInvariant());
        json.WriteEndObject();
        json.WriteStartObject("costUsd");
        json.WriteString("expected", quote.Expected.ToString());
        json.WriteString("worst", quote.Worst.ToString());
        json.WriteEndObject();
        WriteCharged(json, call);
        var decision = Decide(holds, states);
        var clamped = decision == "refuse" ? OutputClamp.Foresee(call, holds, states) : null;
        json.WriteString("decision", clamped is null ? decision : "clamp");
        if (clamped is { } limit)
            json.WriteNumber("clampedMaxTokens", limit);
        json.WriteStartArray("budgets");
        for (var i = 0; i < states.Count; i++)
            WriteBudget(json, holds[i], states[i]);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The same with the account's markup, where a budget limits that.</summary>
    private static void WriteCharged(Utf8JsonWriter json, Call call)
    {
        if (!call.Tenant.Budgets.Any(static budget => budget.LimitKind == LimitKind.Charged))
            return;
        json.WriteStartObject("chargedUsd");
        json.WriteString("expected", call.Quote.Expected.WithMarkup(call.Tenant.MarkupBasisPoints).ToString());
        json.WriteString("worst", call.Quote.Worst.WithMarkup(call.Tenant.MarkupBasisPoints).ToString());
        json.WriteEndObject();
    }

    internal static string Decide(IReadOnlyList<Hold> holds, IReadOnlyList<BudgetState> states)
    {
        for (var i = 0; i < states.Count; i++)
        {
            if (holds[i].Budget.Mode == BudgetMode.Enforce && holds[i].Amount > states[i].Remaining)
                return "refuse";
        }

        return "allow";
    }

    internal static void WriteBudget(Utf8JsonWriter json, Hold hold, BudgetState state)
    {
        json.WriteStartObject();
        json.WriteString("name", hold.Budget.Name);
        switch (hold.Budget.LimitKind)
        {
            case LimitKind.Usd:
                json.WriteString("remainingUsd", new NanoUsd(state.Remaining).ToBalance());
                break;
            case LimitKind.Charged:
                json.WriteString("remainingChargedUsd", new NanoUsd(state.Remaining).ToBalance());
                break;
            case LimitKind.Requests:
                json.WriteNumber("remainingRequests", state.Remaining);
                break;
            default:
                json.WriteNumber("remainingTokens", state.Remaining);
                break;
        }

        json.WriteBoolean("fits", hold.Amount <= state.Remaining);
        json.WriteEndObject();
    }
}
