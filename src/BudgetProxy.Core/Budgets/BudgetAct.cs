namespace BudgetProxy.Core.Budgets;

/// <summary>What an admin did to a budget beside its definition: a top-up, or a reset.</summary>
/// <param name="Id">Names it within its budget: the idempotency key that it came with, else one made for it.</param>
/// <param name="Per">What the budget was counted by, as <see cref="DimensionNames"/> spells it, where <paramref name="Value"/> is given; else null.</param>
/// <param name="Value">The one counter that it is for; null = all of the budget's.</param>
/// <param name="TopUp">Nano-dollars; below 0 = so much of prepaid credit was paid back; null = a reset.</param>
/// <param name="At">
/// On the counters' clock, whole milliseconds. A top-up raises the limit of the windows that this instant counts in; after a reset only calls that started
/// at this instant or later count.
/// </param>
public sealed record BudgetAct(string Tenant, string Budget, string Id, string? Per, string? Value, long? TopUp, DateTimeOffset At)
{
    /// <summary>True where the other asks for the same, whenever that was.</summary>
    public bool IsSameAs(BudgetAct other) => this with { At = other.At } == other;
}
