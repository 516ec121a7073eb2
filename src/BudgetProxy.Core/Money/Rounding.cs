namespace BudgetProxy.Core.Money;

/// <summary>What becomes of a part of a nano-dollar.</summary>
public enum Rounding
{
    /// <summary>To the next whole nano-dollar: for what is reserved, so that it is never too little.</summary>
    Up,

    /// <summary>To the nearest, a half to the even one: for what is booked, so that many bookings don't drift.</summary>
    HalfEven,
}
