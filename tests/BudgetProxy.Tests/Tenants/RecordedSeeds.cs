using System.Collections.Concurrent;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Reservations;

namespace BudgetProxy.Tests.Tenants;

/// <summary>Counters that are no more than a record of what was made and dropped of them.</summary>
internal sealed class RecordedSeeds : IReservationStore
{
    /// <summary>Each step that was asked for, in order; no shape = dropped.</summary>
    public ConcurrentQueue<(string Tenant, string? Name, string? Shape)> Steps { get; } = new();

    /// <summary>Asked within each step; may throw.</summary>
    public Action<(string Tenant, string? Name, string? Shape)> OnStep { get; set; } = static _ => { };

    public ValueTask SeedAsync(Budget budget, CancellationToken cancellationToken) => Take((budget.Tenant, budget.Name, budget.Shape));

    public async ValueTask SeedAsync(IReadOnlyList<Budget> budgets, Action<Budget> begins, CancellationToken cancellationToken)
    {
        foreach (var budget in budgets)
        {
            cancellationToken.ThrowIfCancellationRequested();
            begins(budget);
            await SeedAsync(budget, cancellationToken);
        }
    }

    public ValueTask ForgetAsync(string tenant, string? budget, CancellationToken cancellationToken) => Take((tenant, budget, null));

    public ValueTask<ReserveOutcome> ReserveAsync(Reservation reservation, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DurableAsync(long commit) => throw new NotSupportedException();

    public ValueTask SpoolAsync(Reservation reservation, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<SettleOutcome> SettleAsync(string tenant, Guid id, Settlement settlement, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<SettleOutcome> SettlePartAsync(string tenant, Guid id, PartSettlement part, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<SettleOutcome> VoidAsync(string tenant, Guid id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<int> ExpireAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<BudgetState>> ReadAsync(IReadOnlyList<Budget> budgets, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<BudgetState>> PeekAsync(IReadOnlyList<Hold> holds, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<DateTimeOffset> NowAsync(string tenant, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<long> MeasureDriftAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask PingAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    private ValueTask Take((string Tenant, string? Name, string? Shape) step)
    {
        Steps.Enqueue(step);
        OnStep(step);
        return ValueTask.CompletedTask;
    }
}
