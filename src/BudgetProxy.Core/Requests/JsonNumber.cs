namespace BudgetProxy.Core.Requests;

/// <summary>Tells a whole number by its digits alone: a double would round 0.99999999999999999999 to 1.</summary>
internal static class JsonNumber
{
    // Above every exponent that digits of one body could make up for, and far from an overflow.
    private const long LargestExponent = 1_000_000_000_000;

    /// <summary>The value of a valid JSON number, cut to <see cref="long.MaxValue"/> and, below zero, to -1; false when it has a fraction.</summary>
    public static bool TryWhole(ReadOnlySpan<byte> written, out long value)
    {
        value = 0;
        var negative = written[0] == '-';
        var mantissa = negative ? written[1..] : written;
        var mark = mantissa.IndexOfAny((byte)'e', (byte)'E');
        var exponent = mark < 0 ? 0 : Exponent(mantissa[(mark + 1)..]);
        mantissa = mark < 0 ? mantissa : mantissa[..mark];

        var point = mantissa.IndexOf((byte)'.');
        var last = mantissa.LastIndexOfAnyInRange((byte)'1', (byte)'9');
        if (last < 0)
            return true;
        // Power of ten of the last digit that is not zero.
        var power = exponent + (point < 0 ? mantissa.Length - 1 - last : last > point ? point - last : point - 1 - last);
        if (power < 0)
            return false;
        value = negative ? -1 : Scale(mantissa[mantissa.IndexOfAnyInRange((byte)'1', (byte)'9')..(last + 1)], power);
        return true;
    }

    private static long Exponent(ReadOnlySpan<byte> written)
    {
        var exponent = 0L;
        foreach (var digit in written.TrimStart("+-"u8))
            exponent = Math.Min(exponent * 10 + digit - '0', LargestExponent);
        return written[0] == '-' ? -exponent : exponent;
    }

    private static long Scale(ReadOnlySpan<byte> digits, long power)
    {
        // 19 digits and a point are looked at for certain; more can't fit.
        if (digits.Length > 20 || digits.Length + power > 20)
            return long.MaxValue;
        Int128 value = 0;
        foreach (var digit in digits)
            value = digit == '.' ? value : value * 10 + (digit - '0');
        for (; power > 0; power--)
            value *= 10;
        return value > long.MaxValue ? long.MaxValue : (long)value;
    }
}
