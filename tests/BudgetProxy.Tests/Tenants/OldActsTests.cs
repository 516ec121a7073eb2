using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Embedded;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Embedded;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Tenants;

/// <summary>A lifetime's top-ups count for good, and are not kept one by one for it.</summary>
public sealed class OldActsTests
{
    private static readonly CancellationToken Never = CancellationToken.None;

    [Fact]
    public async Task A_thousand_top_ups_come_to_the_same_and_become_one_a_month()
    {
        var clock = new TestClock(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var factory = new EmbeddedStoreFactory(clock);
        using (var directory = await OpenAsync(factory, clock))
        {
            await directory.PutTenantAsync(new Tenant { Id = "acme" }, Never);
            await directory.PutBudgetAsync(DirectoryStoreContract.Budget("b", 5, "lifetime"), Never);
            for (var i = 1; i <= 1_000; i++)
            {
                Assert.Equal(BudgetActOutcome.Done, await directory.TopUpAsync(("acme", "b"), new NanoUsd(i), (null, $"order-{i}"), DirectoryShortcuts.Anybody, Never));
                clock.Advance(TimeSpan.FromHours(2));
            }

            // 2,000 hours are 84 days: three months of which the last week is kept as it was done, and what the last top-up found younger than that.
            Assert.InRange(Acts(directory).Count, 84, 90);
            Assert.Equal(500_500, Credit(directory));
            // The youngest are remembered by their keys, the oldest are over.
            Assert.Equal(BudgetActOutcome.DoneBefore, await directory.TopUpAsync(("acme", "b"), new NanoUsd(1_000), (null, "order-1000"), DirectoryShortcuts.Anybody, Never));
            clock.Advance(TimeSpan.FromDays(40));
            Assert.Equal(BudgetActOutcome.Done, await directory.TopUpAsync(("acme", "b"), new NanoUsd(1), default, DirectoryShortcuts.Anybody, Never));
            Assert.Equal(4, Acts(directory).Count);
            Assert.Equal(500_501, Credit(directory));
        }

        using var again = await OpenAsync(factory, clock);
        Assert.Equal(4, Acts(again).Count);
        Assert.Equal(500_501, Credit(again));
    }

    [Fact]
    public async Task Single_counters_and_the_last_resets_are_kept_apart()
    {
        var clock = new TestClock(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var factory = new EmbeddedStoreFactory(clock);
        using var directory = await OpenAsync(factory, clock);
        await directory.PutTenantAsync(new Tenant { Id = "acme" }, Never);
        await directory.PutBudgetAsync(DirectoryStoreContract.Budget("b", 5, "lifetime") with { Per = BudgetDimension.User }, Never);
        foreach (var user in new[] { null, "ann", "ann", "bob", "ann", null })
        {
            await directory.TopUpAsync(("acme", "b"), new NanoUsd(10), (user, null), DirectoryShortcuts.Anybody, Never);
            await directory.ResetAsync(("acme", "b"), (user, null), DirectoryShortcuts.Anybody, Never);
            clock.Advance(TimeSpan.FromHours(1));
        }

        var shape = directory.Current.FindBudget("acme", "b")!.Shape;
        clock.Advance(TimeSpan.FromDays(30));
        await directory.TopUpAsync(("acme", "b"), new NanoUsd(1), ("ann", null), DirectoryShortcuts.Anybody, Never);
        // Of all, of ann and of bob one top-up each, their last resets, and the new one.
        Assert.Equal(7, Acts(directory).Count);
        Assert.Equal([20, 51, 30, 20], new[] { null, "ann", "bob", "cid" }.Select(user => Credit(directory, user) - 5));
        Assert.Equal(shape, directory.Current.FindBudget("acme", "b")!.Shape);
    }

    private static async Task<TenantDirectory> OpenAsync(EmbeddedStoreFactory factory, TestClock clock)
    {
        var directory = new TenantDirectory(new SqliteDirectoryStore(factory.Database), factory.Embedded, clock);
        await directory.StartAsync(null, Never);
        return directory;
    }

    private static IReadOnlyList<BudgetAct> Acts(TenantDirectory directory) => directory.Current.FindTenant("acme")!.Acts;

    private static long Credit(TenantDirectory directory, string? scope = null)
    {
        var budget = directory.Current.FindBudget("acme", "b")!;
        return budget.LimitIn(scope ?? "", budget.Window.SlotAt(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero))) - (scope is null && budget.Per is null ? budget.Limit : 0);
    }
}
