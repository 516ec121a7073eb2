namespace BudgetProxy.Dashboard.Answers;

/// <summary>What happens just now.</summary>
public sealed record LiveView(
    DateTimeOffset AsOf, decimal SpendPerSecondUsd, decimal CallsPerSecond, decimal RefusalsPerSecond, long CallsInFlight, decimal HeldUsd);
