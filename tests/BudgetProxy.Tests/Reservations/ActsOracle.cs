using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Tests.Reservations;

/// <summary>Does top-ups and resets to a history's budgets, and says what they should come to, worked out the slow and obvious way.</summary>
public sealed class ActsOracle
{
    private readonly List<BudgetAct> _acts = [];
    private int _next;

    /// <summary>The budget with one top-up more; a top-up changes nothing in the store.</summary>
    public Budget TopUp(Budget budget, string? value, long amount, DateTimeOffset now) => Add(budget, value, amount, now);

    /// <summary>Resets the budget in the store, a millisecond after its present instant; the clock goes on to that.</summary>
    public async Task<Budget> ResetAsync(StoreScenario s, Budget budget, string? value)
    {
        Assert.Equal(s.Clock.Now, await s.Store.NowAsync("acme", CancellationToken.None));
        budget = Add(budget, value, null, s.Clock.Now.AddMilliseconds(1));
        await s.SeedAsync(budget);
        s.Clock.Advance(TimeSpan.FromMilliseconds(1));
        return budget;
    }

    public long LimitOf(Budget budget, string scope, DateTimeOffset now)
    {
        var present = budget.Window.SlotAt(now);
        return budget.Limit + Of(budget, scope).Where(act => act.TopUp is not null && CountsIn(budget.Window.SlotAt(act.At), present)).Sum(act => act.TopUp!.Value);
    }

    /// <summary>Whether no reset has come since the call started.</summary>
    public bool Counts(Budget budget, string scope, DateTimeOffset startedAt) => !Of(budget, scope).Any(act => act.TopUp is null && act.At > startedAt);

    /// <summary>As what was spent at its instant, for the whole of the present slot.</summary>
    private static bool CountsIn(WindowSlot topUp, WindowSlot present) => topUp.Ends is not { } ends || (present.Next is { } next && ends >= next);

    private IEnumerable<BudgetAct> Of(Budget budget, string scope) => _acts.Where(act => act.Budget == budget.Name && (act.Value is null || act.Value == scope));

    private Budget Add(Budget budget, string? value, long? amount, DateTimeOffset at)
    {
        var act = new BudgetAct("acme", budget.Name, $"act_{_next++}", value is null ? null : budget.Per!.Value.Name(budget.PerTag), value, amount, at);
        _acts.Add(act);
        return budget.With([.. budget.Acts.All, act]);
    }
}
