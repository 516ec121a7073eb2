using BudgetProxy.Core.Budgets;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;

namespace BudgetProxy.Tests.Reservations;

/// <summary>Plays a history of random steps on a store and on the oracle, and compares all counters after each.</summary>
public sealed class StoreHistory(StoreScenario s)
{
    private static readonly string?[] Users = ["ann", "bob", null];
    private readonly StoreOracle _oracle = new();
    private readonly List<Budget> _budgets =
    [
        StoreScenario.Money("total", 3_000),
        StoreScenario.Money("each", 1_200, "minute", per: BudgetDimension.User),
        StoreScenario.Money("calls", 12, "hour") with { LimitKind = LimitKind.Requests },
        StoreScenario.Money("tokens", 4_000, "rolling:PT5M") with { LimitKind = LimitKind.Tokens },
        StoreScenario.Money("guess", 1_000, "hour") with { Admission = Admission.Expected },
        StoreScenario.Money("tokens guess", 2_500, "lifetime") with { Admission = Admission.Expected, LimitKind = LimitKind.Tokens },
        StoreScenario.Money("charged", 3_300, "month") with { LimitKind = LimitKind.Charged },
        StoreScenario.Money("charged guess", 1_500, "rolling:PT1H", per: BudgetDimension.User) with { LimitKind = LimitKind.Charged, Admission = Admission.Expected },
        StoreScenario.Money("shadow", 500, "month", mode: BudgetMode.Shadow),
    ];

    /// <summary>Older definitions, as a call carries them that was matched before a change. They must not refuse: only what counts is compared.</summary>
    private IReadOnlyList<Budget> _stale = [];

    public async Task PlayAsync(int[] steps)
    {
        foreach (var step in steps)
        {
            await StepAsync(step % 20, step / 20 % 1_000, step / 20_000);
            await CompareAsync();
        }

        s.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(_oracle.Presume((_, _) => true), await s.ExpireAsync());
        await CompareAsync();
        await CompareLedgerAsync();
    }

    private async Task StepAsync(int kind, int amount, int which)
    {
        switch (kind)
        {
            case <= 5:
                await ReserveAsync(s.Call(amount, _budgets, Users[which % 3]));
                break;
            case 6 when _oracle.Open.Count > 0:
                await ReserveAsync(Pick(_oracle.Open.Values, which).Call);
                break;
            case 7 or 8 when _oracle.Open.Count > 0:
                await SettleAsync(Pick(_oracle.Open.Keys, which), amount);
                break;
            case 9 when _oracle.Open.Count > 0:
                await VoidAsync(Pick(_oracle.Open.Keys, which));
                break;
            case 10 when _oracle.Presumed.Count > 0:
                await (which % 3 == 0 ? VoidAsync(Pick(_oracle.Presumed.Keys, which)) : SettleAsync(Pick(_oracle.Presumed.Keys, which), amount));
                break;
            case 11 when _oracle.Resolved.Count > 0:
                await SettleAsync(Pick(_oracle.Resolved, which), amount);
                break;
            case 12 or 13:
                s.Clock.Advance(TimeSpan.FromSeconds(kind == 12 ? amount / 10 : amount * 5));
                Assert.Equal(_oracle.Presume((call, at) => at + call.Lifetime <= s.Clock.Now), await s.ExpireAsync());
                break;
            case 14:
                _budgets[which % _budgets.Count] = _budgets[which % _budgets.Count] with { Limit = amount * 4 };
                break;
            case 15:
                await ReshapeAsync(which % _budgets.Count, amount);
                break;
            case 18:
                TopUp(which % _budgets.Count, amount);
                break;
            case 19 when amount % 3 != 0:
                await ResetAsync(which % _budgets.Count, amount);
                break;
            case 17 when _stale.Count > 0:
                await ReserveAsync(s.Call(amount, _stale, Users[which % 3]));
                break;
            case 16 when which % 4 == 0:
                s.Crash();
                // No call of the dead owner comes now.
                _stale = [.. _budgets.Select(budget => budget with { Mode = BudgetMode.Shadow })];
                _oracle.Presume((_, _) => true);
                break;
        }
    }

    private async Task ReserveAsync(Reservation call)
    {
        if (_oracle.Open.ContainsKey(call.Id))
        {
            Assert.Null((await s.ReserveAsync(call)).Refusal);
            return;
        }

        var expected = _oracle.Refusing(call, s.Clock.Now);
        var outcome = await s.ReserveAsync(call);
        Assert.Equal(expected, outcome.Refusal?.Budget.Name);
        if (expected is not null)
            return;
        _oracle.Open.Add(call.Id, (call, s.Clock.Now));
        foreach (var state in await s.Store.PeekAsync(call.Holds, CancellationToken.None))
            Assert.True(state.Budget.Mode == BudgetMode.Shadow || state.Remaining >= 0 || state.Budget.Admission == Admission.Expected, $"{state.Budget.Name} is over its limit by {-state.Remaining}.");
    }

    private async Task SettleAsync(Guid id, long cost) =>
        Assert.Equal(_oracle.Settle(id, cost, StoreScenario.Cost(cost).Usage), await s.SettleAsync(id, cost));

    private async Task VoidAsync(Guid id)
    {
        Assert.Equal(_oracle.Void(id), await s.VoidAsync(id));
        // A store need not remember a void through a crash.
        _oracle.Resolved.Remove(id);
    }

    private void TopUp(int index, int amount)
    {
        if (_budgets[index].LimitKind.IsMoney())
            _budgets[index] = _oracle.Acts.TopUp(_budgets[index], ValueOf(index, amount), 1 + amount, s.Clock.Now);
    }

    private async Task ResetAsync(int index, int amount)
    {
        _stale = [.. _budgets.Select(budget => budget with { Mode = BudgetMode.Shadow })];
        _budgets[index] = await _oracle.Acts.ResetAsync(s, _budgets[index], ValueOf(index, amount));
    }

    /// <summary>A single counter now and then, where there are several.</summary>
    private string? ValueOf(int index, int amount) => _budgets[index].Per switch
    {
        BudgetDimension.User when amount % 2 == 0 => Users[amount / 2 % 3] ?? "",
        _ => null,
    };

    private async Task ReshapeAsync(int index, int amount)
    {
        _stale = [.. _budgets.Select(budget => budget with { Mode = BudgetMode.Shadow })];
        string[] windows = ["hour", "day", "rolling:PT5M", "lifetime"];
        _budgets[index] = _budgets[index] with { Window = StoreScenario.Money("w", 1, windows[amount % 4]).Window };
        await s.SeedAsync(_budgets[index]);
    }

    private async Task CompareAsync()
    {
        foreach (var budget in _budgets)
        {
            var scopes = budget.Per is null ? [""] : new[] { "", "ann", "bob" };
            var read = await s.ReadAsync(budget);
            foreach (var scope in scopes)
            {
                var state = read.SingleOrDefault(r => r.ScopeValue == scope);
                Assert.Equal((budget.Name, scope, _oracle.Counter(budget, scope, s.Clock.Now)), (budget.Name, scope, (state?.Spent ?? 0, state?.Held ?? 0)));
            }
        }
    }

    private async Task CompareLedgerAsync()
    {
        var entries = await s.EntriesAsync();
        Assert.Equal(_oracle.Entries, entries.Count);
        Assert.Equal(_oracle.Cost, entries.Sum(e => e.Cost.Value));
        Assert.Equal(entries.Count(e => e.Adjusts is null), entries.Where(e => e.Adjusts is null).Select(e => e.RequestId).Distinct().Count());
        Assert.All(entries.Where(e => e.Adjusts is not null), e => Assert.Contains(entries, first => first.Id == e.Adjusts));
        foreach (var budget in _budgets.Where(b => b.Per is null))
        {
            var counted = entries.Where(e => _oracle.Acts.Counts(budget, "", e.StartedAt));
            var spent = counted.Where(e => budget.Window.SlotAt(e.StartedAt).Ends is not { } ends || ends > s.Clock.Now).Sum(e => Amount(budget, e));
            Assert.Equal((spent, 0), await s.CounterAsync(budget));
        }
    }

    private static long Amount(Budget budget, LedgerEntry entry) => budget.LimitKind == LimitKind.Requests
        ? (entry.Adjusts is null ? 1 : 0)
        : BudgetMatcher.SpentOf(budget.LimitKind, entry.Cost, entry.Charged, entry.Usage.Total);

    private static T Pick<T>(ICollection<T> from, int which) => from.ElementAt(which % from.Count);
}
