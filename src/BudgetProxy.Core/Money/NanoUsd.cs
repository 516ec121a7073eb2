using System.Globalization;

namespace BudgetProxy.Core.Money;

/// <summary>An amount of money in whole nano-dollars (1e-9 USD). Exact in C#, SQLite, Postgres and Redis alike.</summary>
/// <param name="Value">Nano-dollars; negative only for a correcting entry or a balance below zero.</param>
public readonly record struct NanoUsd(long Value) : IComparable<NanoUsd>
{
    /// <summary>Nano-dollars in one US dollar.</summary>
    public const long PerUsd = 1_000_000_000;

    /// <summary>The largest limit a budget may have: 2^52 nano-dollars, about 4.5 million USD, so that sums of two stay exact in a double.</summary>
    public static readonly NanoUsd MaxLimit = new(1L << 52);

    /// <summary>
    /// One nano-dollar above <see cref="MaxLimit"/>: what a larger amount is cut to. No budget can hold it, and sums of it don't overflow.
    /// </summary>
    public static readonly NanoUsd Ceiling = new(MaxLimit.Value + 1);

    public static readonly NanoUsd Zero = new(0);

    public static NanoUsd operator +(NanoUsd left, NanoUsd right) => new(checked(left.Value + right.Value));

    public static NanoUsd operator -(NanoUsd left, NanoUsd right) => new(checked(left.Value - right.Value));

    public static NanoUsd operator -(NanoUsd amount) => new(checked(-amount.Value));

    public static bool operator <(NanoUsd left, NanoUsd right) => left.Value < right.Value;

    public static bool operator >(NanoUsd left, NanoUsd right) => left.Value > right.Value;

    public static bool operator <=(NanoUsd left, NanoUsd right) => left.Value <= right.Value;

    public static bool operator >=(NanoUsd left, NanoUsd right) => left.Value >= right.Value;

    public static NanoUsd Max(NanoUsd left, NanoUsd right) => left.Value >= right.Value ? left : right;

    /// <summary>Nano-dollars <paramref name="numerator"/> / <paramref name="denominator"/>, cut to ±<see cref="Ceiling"/>.</summary>
    /// <param name="numerator">Any sign.</param>
    /// <param name="denominator">Above 0.</param>
    public static NanoUsd FromRatio(Int128 numerator, long denominator, Rounding rounding)
    {
        var whole = Rounded(numerator, denominator, rounding);
        return new NanoUsd((long)Int128.Clamp(whole, -Ceiling.Value, Ceiling.Value));
    }

    /// <summary>The same, cut to nothing: for amounts that no budget has to hold.</summary>
    /// <returns>False where it has no room in 64 bits: beyond about 9.2 billion USD.</returns>
    public static bool TryFromRatio(Int128 numerator, long denominator, Rounding rounding, out NanoUsd amount)
    {
        var whole = Rounded(numerator, denominator, rounding);
        var fits = whole >= long.MinValue && whole <= long.MaxValue;
        amount = fits ? new NanoUsd((long)whole) : Zero;
        return fits;
    }

    /// <summary>Cut to what 64 bits hold: for sums of reports, in which one absurd amount must not make all others unreadable.</summary>
    public static NanoUsd Cut(Int128 nanos) => new((long)Int128.Clamp(nanos, long.MinValue, long.MaxValue));

    /// <summary>The sum of any amounts, cut likewise.</summary>
    public static NanoUsd Sum(IEnumerable<NanoUsd> amounts)
    {
        var sum = Int128.Zero;
        foreach (var amount in amounts)
            sum += amount.Value;
        return Cut(sum);
    }

    /// <summary>The difference, cut likewise.</summary>
    public static NanoUsd Less(NanoUsd amount, NanoUsd less) => Cut((Int128)amount.Value - less.Value);

    /// <summary>Reads a decimal amount of USD such as <c>4.20</c>. Refuses more than nine decimals, exponents, signs other than a leading minus, and overflow.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out NanoUsd amount)
    {
        amount = Zero;
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var usd))
            return false;
        if (decimal.Abs(usd) > long.MaxValue / PerUsd)
            return false;
        var nanos = usd * PerUsd;
        if (nanos != decimal.Truncate(nanos))
            return false;
        amount = new NanoUsd((long)nanos);
        return true;
    }

    /// <summary>The amount with a tenant's markup on it, rounded half-even and cut to <see cref="Ceiling"/>.</summary>
    /// <param name="basisPoints">Hundredths of a percent: 2,000 = 20 %. At least -10,000 (free).</param>
    public NanoUsd WithMarkup(int basisPoints) => WithMarkup(basisPoints, Rounding.HalfEven);

    /// <inheritdoc cref="WithMarkup(int)"/>
    public NanoUsd WithMarkup(int basisPoints, Rounding rounding) =>
        basisPoints == 0 ? this : FromRatio((Int128)Value * (10_000L + basisPoints), 10_000, rounding);

    public int CompareTo(NanoUsd other) => Value.CompareTo(other.Value);

    /// <summary>USD with all nine decimals, <c>0.000300000</c>: the form of every single cost.</summary>
    public override string ToString()
    {
        var (usd, nanos) = Math.DivRem(Magnitude, PerUsd);
        return string.Create(CultureInfo.InvariantCulture, $"{(Value < 0 ? "-" : "")}{usd}.{nanos:D9}");
    }

    /// <summary>USD with two to nine decimals, <c>4.20</c>: the form of limits and balances, exact all the same.</summary>
    public string ToBalance() => ((decimal)Value / PerUsd).ToString("0.00#######", CultureInfo.InvariantCulture);

    private ulong Magnitude => Value < 0 ? 0UL - (ulong)Value : (ulong)Value;

    private static Int128 Rounded(Int128 numerator, long denominator, Rounding rounding)
    {
        // Nearly every line fits in 64 bits, where the machine divides by itself.
        if (numerator >= 0 && numerator <= long.MaxValue)
        {
            var (quotient, remainder) = Math.DivRem((long)numerator, denominator);
            var half = denominator - remainder;
            return rounding == Rounding.Up ? quotient + (remainder > 0 ? 1 : 0) : quotient + (remainder > half || (remainder == half && (quotient & 1) == 1) ? 1 : 0);
        }

        var (whole, rest) = Int128.DivRem(numerator, denominator);
        var goesUp = rounding == Rounding.Up ? rest > 0 : IsAboveHalf(whole, Int128.Abs(rest), denominator);
        return goesUp ? whole + Int128.Sign(numerator) : whole;
    }

    private static bool IsAboveHalf(Int128 whole, Int128 rest, long denominator) =>
        rest * 2 > denominator || (rest * 2 == denominator && Int128.IsOddInteger(whole));
}
