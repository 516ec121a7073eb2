using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Runs;
using BudgetProxy.Tenants;
using Microsoft.Extensions.Logging.Abstractions;

namespace BudgetProxy.Tests.Runs;

public sealed class RunLimitsTests
{
    private readonly ScriptedRunStore _store = new();

    private RunLimits Limits() => new(_store, TimeProvider.System, NullLogger<RunLimits>.Instance);

    [Fact]
    public async Task A_start_reads_no_runs_and_later_looks_go_back_from_the_stores_clock()
    {
        using var limits = Limits();
        await limits.LookAsync(default);
        await limits.LookAsync(default);
        Assert.True(_store.Looks[0] > _store.Now);
        Assert.Equal(_store.Now.AddSeconds(-10), _store.Looks[1]);
    }

    [Fact]
    public async Task A_tenant_that_never_set_a_limit_asks_no_store()
    {
        using var limits = Limits();
        var other = RunBudget.Of("acme") with { Per = BudgetDimension.User };
        Assert.Null(await limits.FindAsync(new Tenant { Id = "acme", Budgets = [other] }, "r1", default));
        Assert.Empty(_store.Finds);
        await limits.FindAsync(Acme(), "r1", default);
        Assert.Equal(["r1"], _store.Finds);
    }

    [Fact]
    public async Task One_tenant_that_names_ever_new_runs_takes_nothing_from_others_nor_what_it_uses_from_itself()
    {
        using var limits = Limits();
        var (acme, other) = (Acme(), Acme("other"));
        await limits.LookAsync(default);
        await limits.FindAsync(other, "theirs", default);
        for (var i = 0; i < 60_000; i++)
        {
            await limits.FindAsync(acme, $"r{i}", default);
            await limits.FindAsync(acme, "mine", default);
            if (i % 100 == 0)
                await limits.LookAsync(default);
        }

        await limits.FindAsync(other, "theirs", default);
        Assert.Equal(1, _store.Finds.Count(run => run == "theirs"));
        Assert.Equal(1, _store.Finds.Count(run => run == "mine"));
        await limits.FindAsync(acme, "r0", default);
        Assert.Equal(2, _store.Finds.Count(run => run == "r0"));
    }

    [Fact]
    public async Task A_slow_read_takes_nothing_back_from_a_limit_just_set()
    {
        using var limits = Limits();
        var acme = Acme();
        await limits.LookAsync(default);
        var gate = new TaskCompletionSource();
        _store.Gate = gate.Task;
        var slow = limits.FindAsync(acme, "r1", default);
        await limits.PutAsync(acme, "r1", new NanoUsd(5), default);
        gate.SetResult();
        Assert.Equal(5, (await slow)!.Limit.Value);
        Assert.Equal(5, (await limits.FindAsync(acme, "r1", default))!.Limit.Value);
    }

    [Fact]
    public async Task A_tenant_made_again_has_none_of_its_former_runs()
    {
        using var limits = Limits();
        await limits.LookAsync(default);
        await limits.PutAsync(Acme(), "r1", new NanoUsd(5), default);
        _store.Rows.Clear();
        Assert.Null(await limits.FindAsync(Acme(), "r1", default));
    }

    private static Tenant Acme(string id = "acme") => new() { Id = id, Budgets = [RunBudget.Of(id)] };
}
