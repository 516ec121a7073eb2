using BudgetProxy.Core.Budgets;
using BudgetProxy.Reservations;

namespace BudgetProxy.Tests.Reservations;

/// <summary>Plays random batches, parts, repeats, crashes, expiries, voids and changes of budgets on a store and on the oracle, and compares all counters after each.</summary>
/// <param name="lose">Takes away what the store can make again by itself.</param>
public sealed class StandingHistory(StoreScenario s, Func<StoreScenario, Task> lose)
{
    private static readonly string?[] Users = ["ann", "bob", null];
    private static readonly string[] Models = ["a", "b1", "b2"];
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(2);
    private readonly StandingOracle _oracle = new();
    private readonly List<(StandingBatch Batch, PartSettlement Part)> _booked = [];
    private readonly List<Budget> _budgets =
    [
        StoreScenario.Money("total", 6_000, "lifetime"),
        StoreScenario.Money("users", 2_500, "day", per: BudgetDimension.User),
        StoreScenario.Money("models", 2_500, "hour", per: BudgetDimension.Model) with { Match = [new(BudgetDimension.Model, null, "b*")] },
        StoreScenario.Money("calls", 20, "day") with { LimitKind = LimitKind.Requests },
        StoreScenario.Money("tokens", 8_000, "rolling:PT3H") with { LimitKind = LimitKind.Tokens },
        StoreScenario.Money("charged", 6_500, "month") with { LimitKind = LimitKind.Charged },
        StoreScenario.Money("shadow", 900, "day", mode: BudgetMode.Shadow, per: BudgetDimension.User),
    ];

    public async Task PlayAsync(int[] steps)
    {
        foreach (var step in steps)
        {
            await StepAsync(step % 18, step / 18 % 1_000, step / 18_000);
            await CompareAsync();
        }

        s.Clock.Advance(Lifetime);
        Assert.Equal(_oracle.Presume(_ => true, s.Clock.Now), await s.ExpireAsync());
        await CompareAsync();
        await CompareLedgerAsync();
    }

    private async Task StepAsync(int kind, int amount, int which)
    {
        var batch = _oracle.Batches.Count > 0 ? _oracle.Batches[which % _oracle.Batches.Count] : null;
        switch (kind)
        {
            case 0 or 1 or 2:
                await ReserveAsync(amount, which);
                break;
            case 3:
                await CallAsync(amount, which);
                break;
            case 4 when _oracle.Calls.Count > 0:
                var call = _oracle.Calls.Keys.ElementAt(which % _oracle.Calls.Count);
                _oracle.Settle(call, amount);
                Assert.Equal(SettleOutcome.Resolved, await s.SettleAsync(call, amount));
                break;
            case 5 or 6 or 7 or 8 when batch is not null:
                await PartAsync(batch, amount, which);
                break;
            case 9 when batch is not null:
                var late = batch.Presumed;
                _oracle.Void(batch);
                Assert.Equal(late ? SettleOutcome.Adjusted : SettleOutcome.Resolved, await s.VoidAsync(batch.Batch.Id));
                break;
            case 10 when _booked.Count > 0:
                var (of, part) = _booked[which % _booked.Count];
                if (_oracle.Batches.Exists(known => known.Batch == of))
                    Assert.Equal(SettleOutcome.AlreadyResolved, await s.Store.SettlePartAsync("acme", of.Id, part, CancellationToken.None));
                break;
            case 11 when batch is not null:
                var early = batch.Batch.Part(batch.NextPart + 1 + (which % 3), _budgets);
                Assert.Equal(SettleOutcome.OutOfOrder, await s.Store.SettlePartAsync("acme", batch.Batch.Id, early, CancellationToken.None));
                break;
            case 12:
                s.Clock.Advance(TimeSpan.FromSeconds(amount * 8));
                Assert.Equal(_oracle.Presume(ends => ends <= s.Clock.Now, s.Clock.Now), await s.ExpireAsync());
                break;
            case 13 when which % 3 == 1:
                await lose(s);
                break;
            case 13 when which % 3 == 0:
                s.Crash();
                _oracle.Presume(_ => true, DateTimeOffset.MinValue);
                break;
            case 14:
                await ReshapeAsync(which % _budgets.Count, amount);
                break;
            case 16:
                TopUp(which % _budgets.Count, amount);
                break;
            case 17 when amount % 3 != 0:
                await ResetAsync(which % _budgets.Count, amount);
                break;
            case 15:
                await s.SeedAsync(_budgets[which % _budgets.Count]);
                break;
        }
    }

    private async Task ReserveAsync(int amount, int which)
    {
        var lines = Enumerable.Range(0, 1 + (which % 5)).Select(i => (Users[(which + i) % 3], Models[(which + (i * amount)) % 3], (long)(amount + (97 * i)) % 1_000)).ToList();
        var batch = new StandingBatch(s, _budgets, lines, Users[amount % 3], Lifetime);
        var expected = _oracle.Refusing(batch.Reservation, s.Clock.Now);
        Assert.Equal(expected, (await s.ReserveAsync(batch.Reservation)).Refusal?.Budget.Name);
        if (expected is not null)
            return;
        _oracle.Batches.Add(new StandingOracle.Stood(batch, s.Clock.Now));
        foreach (var state in await s.Store.PeekAsync([.. batch.Reservation.Holds.Where(hold => hold.Amount > 0)], CancellationToken.None))
            Assert.True(state.Budget.Mode == BudgetMode.Shadow || state.Remaining >= 0, $"{state.Budget.Name} is over its limit by {-state.Remaining}.");
    }

    private async Task CallAsync(int amount, int which)
    {
        var call = s.Call(amount, _budgets, Users[which % 3], model: Models[amount % 3]);
        var expected = _oracle.Refusing(call, s.Clock.Now);
        Assert.Equal(expected, (await s.ReserveAsync(call)).Refusal?.Budget.Name);
        if (expected is null)
            _oracle.Calls.Add(call.Id, (call, s.Clock.Now));
    }

    private async Task PartAsync(StandingOracle.Stood batch, int amount, int which)
    {
        var ended = new List<(int Line, long? Cost)>();
        foreach (var line in batch.Left.Take(which % 3))
        {
            var worst = batch.Batch.Lines[line].Amount;
            ended.Add((line, ((amount + line) % 4) switch
            {
                0 => null,
                1 => worst,
                2 => worst + 50,
                _ => worst / 3,
            }));
        }

        var part = batch.Batch.Part(batch.NextPart, _budgets, ended);
        _booked.Add((batch.Batch, part));
        _oracle.Settle(batch, ended);
        Assert.Equal(
            batch.Presumed ? SettleOutcome.Adjusted : SettleOutcome.Resolved, await s.Store.SettlePartAsync("acme", batch.Batch.Id, part, CancellationToken.None));
    }

    private void TopUp(int index, int amount)
    {
        if (_budgets[index].LimitKind.IsMoney())
            _budgets[index] = _oracle.Acts.TopUp(_budgets[index], ValueOf(index, amount), 1 + amount, s.Clock.Now);
    }

    private async Task ResetAsync(int index, int amount)
    {
        _budgets[index] = await _oracle.Acts.ResetAsync(s, _budgets[index], ValueOf(index, amount));
    }

    /// <summary>A single counter now and then, where there are several.</summary>
    private string? ValueOf(int index, int amount) => _budgets[index].Per switch
    {
        BudgetDimension.User when amount % 2 == 0 => Users[amount / 2 % 3] ?? "",
        BudgetDimension.Model when amount % 2 == 0 => Models[amount / 2 % 3],
        _ => null,
    };

    private async Task ReshapeAsync(int index, int amount)
    {
        string[] windows = ["hour", "day", "rolling:PT3H", "lifetime"];
        _budgets[index] = _budgets[index] with { Window = StoreScenario.Money("w", 1, windows[amount % 4]).Window, Limit = _budgets[index].Limit + amount };
        await s.SeedAsync(_budgets[index]);
    }

    private async Task CompareAsync()
    {
        foreach (var budget in _budgets)
        {
            var read = await s.ReadAsync(budget);
            var scopes = budget.Per switch { BudgetDimension.User => ["", "ann", "bob"], BudgetDimension.Model => Models, _ => new[] { "" } };
            foreach (var scope in scopes)
            {
                var state = read.SingleOrDefault(r => r.ScopeValue == scope);
                Assert.Equal((budget.Name, scope, _oracle.Counter(budget, scope, s.Clock.Now)), (budget.Name, scope, (state?.Spent ?? 0, state?.Held ?? 0)));
            }
        }
    }

    /// <summary>A store may compare only budgets that a call has met.</summary>
    private async Task<Guid> MeetAsync()
    {
        var call = s.Call(0, _budgets);
        await s.ReserveAsync(call);
        return call.Id;
    }

    private async Task CompareLedgerAsync()
    {
        var entries = await s.EntriesAsync();
        Assert.Equal(_oracle.Cost, entries.Sum(e => e.Cost.Value));
        Assert.Equal(_oracle.Firsts, entries.Count(e => e.Adjusts is null));
        Assert.Equal(entries.Count, entries.Select(e => e.Id).Distinct().Count());
        await s.VoidAsync(await MeetAsync());
        Assert.Equal(0, await s.Store.MeasureDriftAsync(CancellationToken.None));
    }
}
