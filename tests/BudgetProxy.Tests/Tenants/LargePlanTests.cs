using System.Diagnostics;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Embedded;
using BudgetProxy.Reservations;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Distributed;
using BudgetProxy.Tests.Embedded;

namespace BudgetProxy.Tests.Tenants;

/// <summary>A plan that very many tenants are on.</summary>
public sealed class LargePlanTests
{
    private static readonly int Tenants = int.Parse(Environment.GetEnvironmentVariable("BUDGETPROXY_TEST_PLAN_TENANTS") ?? "300", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task It_holds_for_all_at_once_and_calls_and_other_changes_go_on_meanwhile_embedded()
    {
        using var counters = new EmbeddedStoreFactory(TimeProvider.System);
        await RunAsync(new SqliteDirectoryStore(counters.Database), counters.Store);
    }

    [Fact]
    public async Task It_holds_for_all_at_once_and_calls_and_other_changes_go_on_meanwhile_distributed()
    {
        await using var fleet = await StoreFleet.StartAsync(1);
        await RunAsync(new PostgresDirectoryStore(fleet.Stores[0].Database), fleet.Stores[0].Reservations);
    }

    private static async Task RunAsync(IDirectoryStore store, IReservationStore reservations)
    {
        var plan = new Plan { Id = "pro" };
        await store.WriteAsync(
            new DirectoryWrite { Plans = [plan], Tenants = [.. Enumerable.Range(0, Tenants).Select(i => new Tenant { Id = $"t{i}", Plan = "pro" })] }, CancellationToken.None);
        using var directory = new TenantDirectory(store, reservations, TimeProvider.System);
        await directory.StartAsync(null, CancellationToken.None);
        var begun = Stopwatch.GetTimestamp();
        Budget[] budgets = [.. Enumerable.Range(0, 5).Select(i => DirectoryStoreContract.Budget($"b{i}", 7, "month") with { Tenant = "" })];
        var change = Task.Run(() => directory.PutPlanAsync(plan with { Budgets = budgets }, CancellationToken.None));
        var slowestCall = TimeSpan.Zero;
        var slowestChange = TimeSpan.Zero;
        var others = 0;
        while (!change.IsCompleted)
        {
            var call = Stopwatch.GetTimestamp();
            await reservations.PeekAsync([new Hold(DirectoryStoreContract.Budget("x", 5) with { Tenant = "elsewhere" }, "", 0)], CancellationToken.None);
            slowestCall = Max(slowestCall, Stopwatch.GetElapsedTime(call));
            var other = Stopwatch.GetTimestamp();
            await directory.PutTenantAsync(new Tenant { Id = "elsewhere", Name = $"{others++}" }, CancellationToken.None);
            slowestChange = Max(slowestChange, Stopwatch.GetElapsedTime(other));
        }

        Assert.Equal(EditOutcome.Done, (await change).Outcome);
        Assert.All(directory.Current.TenantsOn("pro"), tenant => Assert.Equal(5, tenant.Budgets.Count));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Tenants} tenants, {Stopwatch.GetElapsedTime(begun)}; beside it {others} other changes, the slowest {slowestChange}, the slowest look at counters {slowestCall}");
        var gone = Stopwatch.GetTimestamp();
        Assert.Equal(EditOutcome.Done, (await directory.PutPlanAsync(plan, CancellationToken.None)).Outcome);
        TestContext.Current.TestOutputHelper?.WriteLine($"gone in {Stopwatch.GetElapsedTime(gone)}");
        Assert.All(directory.Current.TenantsOn("pro"), tenant => Assert.Empty(tenant.Budgets));
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
