using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Reservations;

namespace BudgetProxy.Tests.Reservations;

/// <summary>What a store should say, worked out the slow and obvious way from lists of all that happened.</summary>
public sealed class StoreOracle
{
    public ActsOracle Acts { get; } = new();

    public Dictionary<Guid, (Reservation Call, DateTimeOffset At)> Open { get; } = [];

    public Dictionary<Guid, (Reservation Call, DateTimeOffset At)> Presumed { get; } = [];

    public List<Guid> Resolved { get; } = [];

    private List<(Reservation Call, DateTimeOffset At, long Cost, long Charged, long Tokens, bool First)> Booked { get; } = [];

    public long Entries => Booked.Count;

    public long Cost => Booked.Sum(b => b.Cost);

    public (long Spent, long Held) Counter(Budget budget, string scope, DateTimeOffset now)
    {
        var spent = Booked.Where(b => Counts(budget, scope, b.Call, b.At, now))
            .Sum(b => budget.LimitKind == LimitKind.Requests ? (b.First ? 1 : 0) : BudgetMatcher.SpentOf(budget.LimitKind, new NanoUsd(b.Cost), new NanoUsd(b.Charged), b.Tokens));
        var held = Open.Values.Where(o => Counts(budget, scope, o.Call, o.At, now))
            .Sum(o => budget.Admission == Admission.Expected
                ? BudgetMatcher.AskedOf(budget.LimitKind, new NanoUsd(o.Call.Amount.Value / 3), StoreScenario.Markup, o.Call.WorstUsage.Total / 3)
                : BudgetMatcher.AskedOf(budget.LimitKind, o.Call.Amount, StoreScenario.Markup, o.Call.WorstUsage.Total));
        return (spent, held);
    }

    /// <summary>The name of the budget that must refuse; null = the call fits.</summary>
    public string? Refusing(Reservation call, DateTimeOffset now)
    {
        foreach (var hold in call.Holds.Where(h => h.Budget.Mode == BudgetMode.Enforce))
        {
            var (spent, held) = Counter(hold.Budget, hold.ScopeValue, now);
            if (spent + held + hold.Amount > Acts.LimitOf(hold.Budget, hold.ScopeValue, now))
                return hold.Budget.Name;
        }

        return null;
    }

    public SettleOutcome Settle(Guid id, long cost, Usage usage)
    {
        if (Open.Remove(id, out var open))
        {
            Booked.Add((open.Call, open.At, cost, Charged(cost), usage.Total, true));
            Resolved.Add(id);
            return SettleOutcome.Resolved;
        }

        if (!Presumed.Remove(id, out var presumed))
            return SettleOutcome.AlreadyResolved;
        Booked.Add((presumed.Call, presumed.At, cost - presumed.Call.Amount.Value, Charged(cost) - Charged(presumed.Call.Amount.Value), usage.Total - presumed.Call.WorstUsage.Total, false));
        Resolved.Add(id);
        return SettleOutcome.Adjusted;
    }

    public SettleOutcome Void(Guid id)
    {
        if (!Open.Remove(id))
            return Settle(id, 0, default);
        Resolved.Add(id);
        return SettleOutcome.Resolved;
    }

    public int Presume(Func<Reservation, DateTimeOffset, bool> which)
    {
        var gone = Open.Where(o => which(o.Value.Call, o.Value.At)).ToList();
        foreach (var (id, open) in gone)
        {
            Open.Remove(id);
            Presumed.Add(id, open);
            Booked.Add((open.Call, open.At, open.Call.Amount.Value, Charged(open.Call.Amount.Value), open.Call.WorstUsage.Total, true));
        }

        return gone.Count;
    }

    private static long Charged(long cost) => new NanoUsd(cost).WithMarkup(StoreScenario.Markup).Value;

    private bool Counts(Budget budget, string scope, Reservation call, DateTimeOffset at, DateTimeOffset now) =>
        BudgetMatcher.ScopeValue(budget, call.Caller, "openai", call.Model) == scope && (budget.Window.SlotAt(at).Ends is not { } ends || ends > now)
        && Acts.Counts(budget, scope, at);
}
