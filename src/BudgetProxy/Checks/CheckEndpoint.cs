using System.Text.Json;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Gateway;
using BudgetProxy.Hosting;
using BudgetProxy.Reservations;

namespace BudgetProxy.Checks;

/// <summary><c>POST /v1/check</c>: whether a call would be let through now. A verdict without a status: always 200, and reserves nothing.</summary>
public sealed class CheckEndpoint(DirectQuoter quoter, CallQuoter calls, IReservationStore store, ProxyOptions options, TimeProvider clock)
{
    public async Task<GatewayRefusal?> RunAsync(Call call)
    {
        var (fields, unread) = await CheckBody.ReadAsync(call);
        if (fields is null)
            return unread;
        var (asked, refusal, isInvalid) = quoter.Ask(call, fields);
        if (isInvalid)
            return refusal;
        if (call.Tenant.Suspended)
            refusal = Refusals.Suspended;
        if (asked is null)
            return await AnswerAsync(call, refusal, null, null);

        refusal ??= await calls.FindRunAsync(call, asked.Run);
        var holds = HoldsOf(call, asked);
        IReadOnlyList<BudgetState> states;
        try
        {
            states = await store.PeekAsync(holds, call.Context.RequestAborted);
        }
        catch (StoreUnavailableException)
        {
            return await AnswerAsync(call, refusal ?? (options.AllowOnStoreOutage ? null : Refusals.StoreUnavailable), null, asked);
        }

        var over = FirstOver(holds, states);
        if (over is { } first)
            refusal ??= RefusalOf(asked, holds[first], states[first]);
        return await AnswerAsync(call, refusal, over is { } shown ? states[shown] : Tightest(holds, states), asked);
    }

    private static List<Hold> HoldsOf(Call call, DirectDefinition asked)
    {
        var caller = asked.ToCaller(call.Tenant.Id);
        var holds = new List<Hold>();
        foreach (var budget in call.Tenant.Budgets)
        {
            if (BudgetMatcher.Matches(budget, caller, asked.Provider, asked.Model))
            {
                holds.Add(new Hold(
                    budget, BudgetMatcher.ScopeValue(budget, caller, asked.Provider, asked.Model),
                    BudgetMatcher.AskedOf(budget.LimitKind, new NanoUsd(asked.Amount), asked.Markup, asked.Worst.Total)));
            }
        }

        call.Run?.Join(holds, new NanoUsd(asked.Amount));
        return holds;
    }

    private static int? FirstOver(List<Hold> holds, IReadOnlyList<BudgetState> states)
    {
        for (var i = 0; i < states.Count; i++)
        {
            if (holds[i].Budget.Mode == BudgetMode.Enforce && holds[i].Amount > states[i].Remaining)
                return i;
        }

        return null;
    }

    private GatewayRefusal RefusalOf(DirectDefinition asked, Hold hold, BudgetState state)
    {
        var refusal = new Refusal(hold.Budget, state.ScopeValue, state.Limit, state.Spent, state.Held, state.ResetsAt, hold.Amount <= state.Limit - state.Spent);
        return Refusals.OverBudget(refusal, "call", new NanoUsd(asked.Amount), hold.Amount, clock.GetUtcNow());
    }

    /// <summary>The enforced budget in dollars that has the least left; null = there is none.</summary>
    private static BudgetState? Tightest(List<Hold> holds, IReadOnlyList<BudgetState> states)
    {
        BudgetState? tightest = null;
        for (var i = 0; i < states.Count; i++)
        {
            if (holds[i].Budget.Mode == BudgetMode.Enforce && holds[i].Budget.LimitKind.IsMoney() && (tightest is null || states[i].Remaining < tightest.Remaining))
                tightest = states[i];
        }

        return tightest;
    }

    private static Task<GatewayRefusal?> AnswerAsync(Call call, GatewayRefusal? refusal, BudgetState? shown, DirectDefinition? asked) => DirectAnswer.SendAsync(
        call,
        StatusCodes.Status200OK,
        DirectAnswer.Object(json =>
        {
            json.WriteBoolean("allowed", refusal is null);
            if (refusal is not null)
            {
                json.WriteString("code", refusal.Code);
                json.WriteString("message", refusal.Message);
            }

            if (shown is not null)
                json.WriteString("budget", shown.Budget.Name);
            WriteUsd(json, "spentUsd", shown, static state => state.Spent);
            WriteUsd(json, "limitUsd", shown, static state => state.Limit);
            WriteUsd(json, "remainingUsd", shown, static state => state.Remaining);
            if (shown is { Budget.LimitKind: not LimitKind.Usd })
                WriteOther(json, shown);
            if (shown?.ResetsAt is { } resets)
                json.WriteString("resetsAt", Refusals.Shown(resets));
            if (refusal?.RetryAfterSeconds is { } seconds)
                json.WriteNumber("retryAfterSeconds", seconds);
            if (asked is not null)
                json.WriteString("costUsd", new NanoUsd(asked.Amount).ToString());
            if (asked is not null && shown is { Budget.LimitKind: LimitKind.Charged })
                json.WriteString("chargedUsd", new NanoUsd(asked.Amount).WithMarkup(asked.Markup).ToString());
        }));

    private static void WriteUsd(Utf8JsonWriter json, string name, BudgetState? state, Func<BudgetState, long> amount)
    {
        if (state?.Budget.LimitKind.IsMoney() == true)
            json.WriteString(name, new NanoUsd(amount(state)).ToBalance());
        else
            json.WriteNull(name);
    }

    private static void WriteOther(Utf8JsonWriter json, BudgetState state)
    {
        json.WriteString("unit", state.Budget.LimitKind.Name());
        if (state.Budget.LimitKind.IsMoney())
            return;
        json.WriteNumber("spent", state.Spent);
        json.WriteNumber("limit", state.Limit);
        json.WriteNumber("remaining", state.Remaining);
    }
}
