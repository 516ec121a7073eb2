using BudgetProxy.Runs;
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
}
