using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Reservations;

namespace BudgetProxy.Tests.Reservations;

/// <summary>What a store should say of batches and of calls between them, worked out the slow and obvious way from lists of all that happened.</summary>
public sealed class StandingOracle
{
    public ActsOracle Acts { get; } = new();

    /// <summary>Batches that are open or were charged as presumed.</summary>
    public List<Stood> Batches { get; } = [];

    public Dictionary<Guid, (Reservation Call, DateTimeOffset At)> Calls { get; } = [];

    private List<(string? User, string Model, DateTimeOffset At, long Cost, long Charged, bool First)> Booked { get; } = [];

    public long Cost => Booked.Sum(entry => entry.Cost);

    public int Firsts => Booked.Count(entry => entry.First);

    public (long Spent, long Held) Counter(Budget budget, string scope, DateTimeOffset now)
    {
        var spent = Booked.Where(entry => Counts(budget, scope, entry.User, entry.Model, entry.At, now))
            .Sum(entry => budget.LimitKind == LimitKind.Requests ? (entry.First ? 1 : 0) : SpentIn(budget, entry.Cost, entry.Charged));
        var held = Calls.Values.Where(call => Counts(budget, scope, call.Call.Caller.User, call.Call.Model, call.At, now)).Sum(call => AmountIn(budget, call.Call.Amount.Value));
        foreach (var batch in Batches.Where(batch => !batch.Presumed))
        {
            var (user, model) = (batch.Batch.Reservation.Caller.User, batch.Batch.Reservation.Model);
            if (batch.Shapes.Contains(budget.Name + budget.Shape))
                held += batch.Left.Select(line => batch.Batch.Lines[line]).Where(line => Counts(budget, scope, line.User, line.Model, batch.At, now)).Sum(line => AmountIn(budget, line.Amount));
            else if (Counts(budget, scope, user, model, batch.At, now))
                held += AmountIn(budget, batch.Rest);
        }

        return (spent, held);
    }

    /// <summary>The name of the budget that must refuse; null = it fits.</summary>
    public string? Refusing(Reservation wanted, DateTimeOffset now)
    {
        foreach (var hold in wanted.Holds.Where(hold => hold.Budget.Mode == BudgetMode.Enforce && (hold.Amount > 0 || !wanted.Standing)))
        {
            var (spent, held) = Counter(hold.Budget, hold.ScopeValue, now);
            if (spent + held + hold.Amount > Acts.LimitOf(hold.Budget, hold.ScopeValue, now))
                return hold.Budget.Name;
        }

        return null;
    }

    public void Settle(Guid call, long cost)
    {
        Calls.Remove(call, out var open);
        Booked.Add((open.Call.Caller.User, open.Call.Model, open.At, cost, Charged(cost), true));
    }

    public void Settle(Stood batch, IReadOnlyList<(int Line, long? Cost)> ended)
    {
        foreach (var (line, cost) in ended)
        {
            batch.Left.Remove(line);
            if (cost is { } billed)
                Booked.Add((batch.Batch.Lines[line].User, batch.Batch.Lines[line].Model, batch.At, billed, Charged(billed), true));
        }

        batch.NextPart++;
        var released = ended.Sum(line => batch.Batch.Lines[line.Line].Amount);
        if (batch.Presumed)
            BookWhole(batch, -released, Charged(batch.Rest) - Charged(batch.Rest + released), first: false);
    }

    public void Void(Stood batch)
    {
        if (batch.Presumed)
            BookWhole(batch, -batch.Rest, -Charged(batch.Rest), first: false);
        Batches.Remove(batch);
    }

    /// <summary>Charges calls, and batches whose time is over.</summary>
    public int Presume(Func<DateTimeOffset, bool> calls, DateTimeOffset now)
    {
        var gone = Calls.Where(call => calls(call.Value.At + call.Value.Call.Lifetime)).ToList();
        foreach (var (id, open) in gone)
            Settle(id, open.Call.Amount.Value);
        var over = Batches.Where(batch => !batch.Presumed && batch.At + batch.Batch.Reservation.Lifetime <= now).ToList();
        foreach (var batch in over)
        {
            batch.Presumed = true;
            BookWhole(batch, batch.Rest, Charged(batch.Rest), first: true);
        }

        return gone.Count + over.Count;
    }

    private void BookWhole(Stood batch, long cost, long charged, bool first) =>
        Booked.Add((batch.Batch.Reservation.Caller.User, batch.Batch.Reservation.Model, batch.At, cost, charged, first));

    private static long Charged(long cost) => new NanoUsd(cost).WithMarkup(StoreScenario.Markup).Value;

    private static long AmountIn(Budget budget, long amount) => BudgetMatcher.AskedOf(budget.LimitKind, new NanoUsd(amount), StoreScenario.Markup, 2 * amount);

    private static long SpentIn(Budget budget, long cost, long charged) => BudgetMatcher.SpentOf(budget.LimitKind, new NanoUsd(cost), new NanoUsd(charged), 2 * cost);

    private bool Counts(Budget budget, string scope, string? user, string model, DateTimeOffset at, DateTimeOffset now)
    {
        var caller = new Caller { Tenant = "acme", Key = "key_1", User = user };
        return BudgetMatcher.Matches(budget, caller, "openai", model) && BudgetMatcher.ScopeValue(budget, caller, "openai", model) == scope
            && (budget.Window.SlotAt(at).Ends is not { } ends || ends > now)
            && Acts.Counts(budget, scope, at);
    }

    /// <summary>A batch as the store should have it.</summary>
    public sealed class Stood(StandingBatch batch, DateTimeOffset at)
    {
        public StandingBatch Batch => batch;

        public DateTimeOffset At => at;

        public List<int> Left { get; } = [.. Enumerable.Range(0, batch.Lines.Count)];

        /// <summary>Budgets as they were when it was reserved.</summary>
        public HashSet<string> Shapes { get; } = [.. batch.Reservation.Holds.Select(hold => hold.Budget.Name + hold.Budget.Shape)];

        public int NextPart { get; set; }

        public bool Presumed { get; set; }

        public long Rest => Left.Sum(line => batch.Lines[line].Amount);
    }
}
