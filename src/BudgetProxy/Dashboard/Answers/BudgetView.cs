namespace BudgetProxy.Dashboard.Answers;

/// <summary>A budget with its live counters.</summary>
public sealed record BudgetView(
    string Name, string? Per, Dictionary<string, string>? Match, Dictionary<string, decimal>? Limit, string Window, string? Timezone, string Mode,
    string Admission, IReadOnlyList<decimal>? AlertAt, decimal? Spent, decimal? Held, decimal? Remaining, DateTimeOffset? ResetsAt,
    IReadOnlyList<CounterView>? Counters, string? From, decimal? ToppedUp)
{
    /// <summary><c>usd</c>, <c>requests</c>, <c>tokens</c> or <c>chargedUsd</c>.</summary>
    public string Unit => Limit?.Keys.FirstOrDefault() ?? "usd";

    /// <summary>In <see cref="Unit"/>, without what was topped up.</summary>
    public decimal Amount => Limit?.Values.FirstOrDefault() ?? 0;

    public bool IsMoney => Unit is "usd" or "chargedUsd";

    public bool IsOfPlan => From?.StartsWith("plan:", StringComparison.Ordinal) == true;
}
