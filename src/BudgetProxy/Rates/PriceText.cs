namespace BudgetProxy.Rates;

/// <summary>
/// Reads a decimal figure exactly: <c>0.15</c>, <c>1.5e-07</c>. Never through a binary fraction or a rounding decimal: what is no whole number of the unit
/// wanted is no figure.
/// </summary>
public static class PriceText
{
    /// <summary>From USD per million tokens to nano-dollars per million tokens, and from a fee in USD to nano-dollars.</summary>
    public const int FromUsd = 9;

    /// <summary>From USD per token to nano-dollars per million tokens.</summary>
    public const int FromUsdPerToken = 15;

    /// <summary>The largest figure, in the unit wanted: what a price may be at most (2^50), and so above every fee.</summary>
    public const long Largest = 1L << 50;

    /// <summary>The first number of sixteen digits.</summary>
    private const ulong FifteenDigits = 1_000_000_000_000_000;

    private const int MostDigits = 34;
    private const int MostExponent = 99;

    /// <summary>Reads <paramref name="text"/> × 10^<paramref name="shift"/>.</summary>
    /// <param name="text">Digits with a point and an exponent at most, no sign.</param>
    /// <param name="value">0 to <see cref="Largest"/>.</param>
    /// <returns>Null = read; else what is wrong with it, in a sentence.</returns>
    public static string? Read(ReadOnlySpan<char> text, int shift, out long value)
    {
        value = 0;
        if (text.StartsWith("-"))
            return "Must not be negative.";
        return TrySplit(text, out var digits, out var exponent)
            ? Whole(digits, exponent + shift, out value)
            : "Must be a decimal number, such as 0.15 or 1.5e-07.";
    }

    /// <summary>
    /// Reads a figure that a program may have written out of a double: where more than 15 digits make it no whole number of the unit, the first 15 hold,
    /// which is what a double keeps of any decimal (9.600000000000001e-07 is 9.6e-07).
    /// </summary>
    /// <param name="cut">True where digits were left off.</param>
    /// <inheritdoc cref="Read"/>
    public static string? ReadFromDouble(ReadOnlySpan<char> text, int shift, out long value, out bool cut)
    {
        cut = false;
        var problem = Read(text, shift, out value);
        if (problem is null || !TrySplit(text, out var digits, out var exponent) || digits < FifteenDigits)
            return problem;
        while (digits >= FifteenDigits)
        {
            digits = (digits / 10) + (digits % 10 >= 5 && digits / 10 < FifteenDigits ? 1u : 0u);
            exponent++;
        }

        cut = Whole(digits, exponent + shift, out value) is null;
        return cut ? null : problem;
    }

    private static string? Whole(UInt128 digits, int exponent, out long value)
    {
        value = 0;
        while (digits != 0 && exponent < 0 && digits % 10 == 0)
        {
            digits /= 10;
            exponent++;
        }

        if (digits == 0)
            return null;
        if (exponent < 0)
            return "Has more decimals than a nano-dollar's: nine of a USD.";
        for (; exponent > 0 && digits <= (UInt128)Largest; exponent--)
            digits *= 10;
        if (digits > (UInt128)Largest)
            return "Is too large.";
        value = (long)digits;
        return null;
    }

    private static bool TrySplit(ReadOnlySpan<char> text, out UInt128 digits, out int exponent)
    {
        digits = 0;
        exponent = 0;
        var end = text.IndexOfAny('e', 'E');
        if (end >= 0)
        {
            if (!int.TryParse(text[(end + 1)..], System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out exponent)
                || exponent is < -MostExponent or > MostExponent)
                return false;
            text = text[..end];
        }

        var point = false;
        var count = 0;
        foreach (var c in text)
        {
            if (c == '.' && !point)
            {
                point = true;
                continue;
            }

            if (!char.IsAsciiDigit(c))
                return false;
            count++;
            if (digits > 0 || c != '0')
            {
                // Zeros after the last digit that counts would only overflow.
                if (digits > UInt128.MaxValue / 100)
                    return false;
                digits = digits * 10 + (uint)(c - '0');
            }

            if (point)
                exponent--;
        }

        return count is > 0 and <= MostDigits && text[^1] != '.' && text[0] != '.';
    }
}
