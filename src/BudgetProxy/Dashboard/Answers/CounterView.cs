namespace BudgetProxy.Dashboard.Answers;

/// <summary>One counter of a budget that counts by something.</summary>
public sealed record CounterView(string Value, decimal Spent, decimal Held, decimal Remaining, DateTimeOffset? ResetsAt, decimal? ToppedUp)
{
    /// <summary>How much of it is gone or held: 1 = all.</summary>
    public decimal Share => Spent + Held + Remaining is > 0 and var limit ? (Spent + Held) / limit : 0;
}
