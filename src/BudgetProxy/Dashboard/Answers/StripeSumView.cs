namespace BudgetProxy.Dashboard.Answers;

/// <summary>Some buckets together.</summary>
public sealed record StripeSumView(long Buckets, decimal Usd)
{
    public static readonly StripeSumView None = new(0, 0);

    public static StripeSumView operator +(StripeSumView one, StripeSumView other) => new(one.Buckets + other.Buckets, one.Usd + other.Usd);
}
