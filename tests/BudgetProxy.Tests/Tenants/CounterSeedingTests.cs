using BudgetProxy.Core.Budgets;
using BudgetProxy.Embedded;
using BudgetProxy.Reservations;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Tenants;

/// <summary>Counters that were made for a change of the directory which was not stored in the end.</summary>
public sealed class CounterSeedingTests
{
    private const int Tenants = 60;

    private static readonly Budget Day = DirectoryStoreContract.Budget("b", 5, "day");

    [Fact]
    public Task After_a_write_that_fails_they_are_those_of_what_is_in_force() => RunAsync(async (directory, store, counters) =>
    {
        store.Failing = true;
        var month = DirectoryStoreContract.Budget("b", 5, "month");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => directory.PutBudgetAsync(month, CancellationToken.None));
        Assert.Equal([("acme", "b", month.Shape), ("acme", "b", Day.Shape)], counters.Steps);
        counters.Steps.Clear();
        var made = DirectoryStoreContract.Budget("made", 5, "day");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => directory.PutBudgetAsync(made, CancellationToken.None));
        Assert.Equal([("acme", "made", made.Shape), ("acme", "made", null)], counters.Steps);
    });

    [Fact]
    public Task After_a_change_that_was_called_off_they_are_those_of_what_is_in_force() => RunAsync(async (directory, _, counters) =>
    {
        using var off = new CancellationTokenSource();
        counters.OnStep = _ => off.Cancel();
        var made = DirectoryStoreContract.Budget("made", 5, "day");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => directory.PutBudgetAsync(made, off.Token));
        Assert.Equal([("acme", "made", made.Shape), ("acme", "made", null)], counters.Steps);
    });

    [Fact]
    public Task Only_those_are_put_right_that_were_come_to() => RunAsync(async (directory, _, counters) =>
    {
        using var off = new CancellationTokenSource();
        counters.OnStep = _ =>
        {
            off.Cancel();
            // Others at the same time must not be through with all before it is called off.
            Thread.Sleep(20);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => directory.PutPlanAsync(Plan, off.Token));
        var seeded = counters.Steps.Where(step => step.Shape is not null).Select(step => step.Tenant).Order().ToList();
        Assert.InRange(seeded.Count, 1, Tenants / 2);
        Assert.Equal(seeded, counters.Steps.Where(step => step.Shape is null).Select(step => step.Tenant).Order());
    });

    [Fact]
    public Task One_that_can_not_be_put_right_keeps_no_other_from_it() => RunAsync(async (directory, store, counters) =>
    {
        store.Failing = true;
        counters.OnStep = step => Refuse(step is { Shape: null, Tenant: "t0" or "t7" or "t31" });
        await Assert.ThrowsAsync<StoreUnavailableException>(() => directory.PutPlanAsync(Plan, CancellationToken.None));
        Assert.Equal(Tenants, counters.Steps.Count(step => step.Shape is null));
    });

    [Fact]
    public Task Where_none_can_be_put_right_the_change_ends_all_the_same() => RunAsync(async (directory, store, counters) =>
    {
        store.Failing = true;
        counters.OnStep = step => Refuse(step.Shape is null);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => directory.PutPlanAsync(Plan, CancellationToken.None));
        Assert.InRange(counters.Steps.Count(step => step.Shape is null), 1, Tenants / 2);
    });

    private static Plan Plan => new() { Id = "pro", Budgets = [Day with { Tenant = "" }] };

    private static void Refuse(bool refused)
    {
        if (refused)
            throw new StoreUnavailableException("The counters are away.");
    }

    /// <summary>One tenant with a budget of its own, and many on a plan without any.</summary>
    private static async Task RunAsync(Func<TenantDirectory, FailingDirectoryStore, RecordedSeeds, Task> test)
    {
        using var folder = new TempFolder();
        using var database = new EmbeddedDatabase(folder.Path);
        var store = new FailingDirectoryStore(new SqliteDirectoryStore(database));
        var counters = new RecordedSeeds();
        Tenant[] tenants = [new Tenant { Id = "acme" }, .. Enumerable.Range(0, Tenants).Select(i => new Tenant { Id = $"t{i}", Plan = "pro" })];
        await store.WriteAsync(new DirectoryWrite { Plans = [new Plan { Id = "pro" }], Tenants = tenants }, CancellationToken.None);
        using var directory = new TenantDirectory(store, counters, TimeProvider.System);
        await directory.StartAsync(null, CancellationToken.None);
        Assert.Equal(EditOutcome.Done, await directory.PutBudgetAsync(Day, CancellationToken.None));
        counters.Steps.Clear();
        await test(directory, store, counters);
    }
}
