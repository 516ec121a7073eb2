using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Tests.Reservations;

/// <summary>Many budgets that are defined at once.</summary>
public abstract partial class ReservationStoreContract
{
    private const int Tenants = 70;

    [Fact]
    public async Task Many_budgets_of_many_tenants_are_counted_at_once_while_calls_go_on()
    {
        using var s = Begin();
        var budgets = Enumerable.Range(0, Tenants).SelectMany(BudgetsOf).ToList();
        // Every other tenant has spent before, some hold something, and the rest are new to the ledger.
        foreach (var tenant in Enumerable.Range(0, Tenants).Where(tenant => tenant % 2 == 0))
            await SpendAsync(s, tenant, settle: tenant % 4 == 0);
        var begun = new HashSet<Budget>(ReferenceEqualityComparer.Instance);
        using var stop = new CancellationTokenSource();
        var calls = Task.Run(async () =>
        {
            for (var tenant = 0; !stop.IsCancellationRequested; tenant = (tenant + 7) % Tenants)
                await SpendAsync(s, tenant, settle: tenant % 3 != 0);
        });
        for (var round = 0; round < 2; round++)
        {
            await s.Store.SeedAsync(budgets, budget => Begun(begun, budget), CancellationToken.None);
            Assert.Equal(budgets.Count, begun.Count);
        }

        await stop.CancelAsync();
        await calls;
        await CheckAsync(s, budgets);
    }

    private static IEnumerable<Budget> BudgetsOf(int tenant)
    {
        yield return StoreScenario.Money("money", 1_000_000) with { Tenant = $"t{tenant}" };
        yield return StoreScenario.Money("user", 1_000_000, "month", per: BudgetDimension.User) with { Tenant = $"t{tenant}" };
        yield return StoreScenario.Money("all", 1_000_000, "lifetime") with { Tenant = $"t{tenant}", LimitKind = LimitKind.Requests };
        if (tenant % 5 == 0)
            yield return StoreScenario.Money("none", 1_000_000) with { Tenant = $"t{tenant}", Match = [new(BudgetDimension.Model, null, "claude*")] };
    }

    /// <summary>A call that was matched before there were budgets.</summary>
    private static async Task SpendAsync(StoreScenario s, int tenant, bool settle)
    {
        var call = s.Call(10 + tenant, [], tenant % 6 == 0 ? "ann" : "bob");
        call = call with { Caller = call.Caller with { Tenant = $"t{tenant}" } };
        Assert.Null((await s.Store.ReserveAsync(call, CancellationToken.None)).Refusal);
        if (settle)
            await s.Store.SettleAsync(call.Caller.Tenant, call.Id, StoreScenario.Cost(3 + tenant), CancellationToken.None);
    }

    private static void Begun(HashSet<Budget> begun, Budget budget)
    {
        lock (begun)
            begun.Add(budget);
    }

    private static async Task CheckAsync(StoreScenario s, List<Budget> budgets)
    {
        var entries = (await s.EntriesAsync()).ToLookup(entry => entry.Tenant);
        Assert.NotEmpty(entries);
        foreach (var budget in budgets.Where(budget => budget.Name != "user"))
        {
            var own = budget.Name == "none" ? [] : entries[budget.Tenant].ToList();
            var (spent, _) = await s.CounterAsync(budget);
            Assert.Equal(budget.LimitKind == LimitKind.Requests ? own.Count : own.Sum(entry => entry.Cost.Value), spent);
        }

        foreach (var budget in budgets.Where(budget => budget.Name == "user"))
        {
            var money = await s.CounterAsync(budgets.Single(other => other.Tenant == budget.Tenant && other.Name == "money"));
            var users = await s.ReadAsync(budget);
            Assert.Equal(money, (users.Sum(user => user.Spent), users.Sum(user => user.Held)));
        }

        Assert.Equal(0, await s.Store.MeasureDriftAsync(CancellationToken.None));
    }
}
