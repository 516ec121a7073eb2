namespace BudgetProxy.Billing;

/// <summary>What can be billed of some usage.</summary>
/// <param name="Cost">Nano-dollars that the providers take.</param>
/// <param name="Charged">Nano-dollars with the markup.</param>
public readonly record struct BilledAmounts(long Requests, long Tokens, long Cost, long Charged)
{
    /// <exception cref="OverflowException">There is no room for the sum.</exception>
    public static BilledAmounts operator +(BilledAmounts left, BilledAmounts right) => checked(new BilledAmounts(
        left.Requests + right.Requests, left.Tokens + right.Tokens, left.Cost + right.Cost, left.Charged + right.Charged));

    /// <exception cref="OverflowException">There is no room for the difference.</exception>
    public static BilledAmounts operator -(BilledAmounts left, BilledAmounts right) => checked(new BilledAmounts(
        left.Requests - right.Requests, left.Tokens - right.Tokens, left.Cost - right.Cost, left.Charged - right.Charged));

    public static BilledAmounts Of(Accrual hour) => new(hour.Requests, hour.Tokens, hour.Cost.Value, hour.Charged.Value);

    public static BilledAmounts OfFirst(PlacedAmounts entry) => new(1, entry.Tokens, entry.Cost.Value, entry.Charged.Value);

    public static BilledAmounts OfCorrection(PlacedAmounts entry) => new(0, entry.Tokens, entry.Cost.Value, entry.Charged.Value);

    public long Of(BilledUnit unit) => unit switch
    {
        BilledUnit.Charged => Charged,
        BilledUnit.Cost => Cost,
        BilledUnit.Tokens => Tokens,
        _ => Requests,
    };
}
