namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>One counter as a proxy shows it.</summary>
/// <param name="Scope">The value of the budget's <c>per</c>; empty where it has one counter.</param>
/// <param name="Spent">In the unit of the budget's limit.</param>
internal sealed record CounterRow(BudgetSpec Budget, string Scope, long Spent, long Held)
{
    public override string ToString() => $"{Budget.Tenant}/{Budget.Name}[{Scope}]";
}
