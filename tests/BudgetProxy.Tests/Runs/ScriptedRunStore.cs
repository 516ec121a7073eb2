using BudgetProxy.Core.Money;
using BudgetProxy.Runs;

namespace BudgetProxy.Tests.Runs;

/// <summary>Runs in memory, with a note of what was asked.</summary>
internal sealed class ScriptedRunStore : IRunStore
{
    public Dictionary<(string Tenant, string Run), Run> Rows { get; } = [];

    public List<DateTimeOffset> Looks { get; } = [];

    public List<string> Finds { get; } = [];

    public DateTimeOffset Now { get; set; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>What a find waits for once it has read its row.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public ValueTask<Run> PutAsync(string tenant, string run, NanoUsd limit, CancellationToken cancellationToken) => ValueTask.FromResult(
        Rows[(tenant, run)] = new Run { Tenant = tenant, Id = run, Limit = limit, StartedAt = Now, ChangedAt = Now });

    public async ValueTask<Run?> FindAsync(string tenant, string run, CancellationToken cancellationToken)
    {
        Finds.Add(run);
        var found = Rows.GetValueOrDefault((tenant, run));
        await Gate;
        return found;
    }

    public ValueTask<Run?> EndAsync(string tenant, string run, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask TouchAsync(string tenant, string run, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<(IReadOnlyList<Run> Runs, DateTimeOffset Now)> ChangedAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        Looks.Add(since);
        return ValueTask.FromResult<(IReadOnlyList<Run>, DateTimeOffset)>(([.. Rows.Values.Where(run => run.ChangedAt >= since)], Now));
    }

    public ValueTask ForgetAsync(int days, CancellationToken cancellationToken) => throw new NotSupportedException();
}
