using System.Globalization;
using System.Numerics;
using BudgetProxy.Rates;
using FsCheck;
using FsCheck.Fluent;

namespace BudgetProxy.Tests.Rates;

public sealed class PriceTextTests
{
    [Theory]
    [InlineData("0.15", PriceText.FromUsd, 150_000_000)]
    [InlineData("15e-2", PriceText.FromUsd, 150_000_000)]
    [InlineData("0.000000001", PriceText.FromUsd, 1)]
    [InlineData("1125899.906842624", PriceText.FromUsd, 1L << 50)]
    [InlineData("0", PriceText.FromUsd, 0)]
    [InlineData("0.0", PriceText.FromUsd, 0)]
    [InlineData("0e-99", PriceText.FromUsd, 0)]
    [InlineData("0.1500000000000000000000000000", PriceText.FromUsd, 150_000_000)]
    [InlineData("1.5e-07", PriceText.FromUsdPerToken, 150_000_000)]
    [InlineData("1.5E-7", PriceText.FromUsdPerToken, 150_000_000)]
    [InlineData("0.00000015", PriceText.FromUsdPerToken, 150_000_000)]
    [InlineData("7.5e-08", PriceText.FromUsdPerToken, 75_000_000)]
    [InlineData("3e-06", PriceText.FromUsdPerToken, 3_000_000_000)]
    [InlineData("1e-15", PriceText.FromUsdPerToken, 1)]
    [InlineData("1", PriceText.FromUsdPerToken, 1_000_000_000_000_000)]
    public void A_figure_is_read_exactly(string text, int shift, long value)
    {
        Assert.Null(PriceText.Read(text, shift, out var read));
        Assert.Equal(value, read);
    }

    [Theory]
    [InlineData("-0.1", "negative")]
    [InlineData("", "decimal number")]
    [InlineData(".5", "decimal number")]
    [InlineData("5.", "decimal number")]
    [InlineData("1.2.3", "decimal number")]
    [InlineData("1,5", "decimal number")]
    [InlineData("0x10", "decimal number")]
    [InlineData("NaN", "decimal number")]
    [InlineData("1e", "decimal number")]
    [InlineData("1e1000", "decimal number")]
    [InlineData(" 1", "decimal number")]
    [InlineData("0.0000000001", "decimals")]
    [InlineData("0.15000000000000002", "decimals")]
    [InlineData("1125899.906842625", "too large")]
    [InlineData("9e90", "too large")]
    [InlineData("99999999999999999999999999999999999999", "decimal number")]
    public void What_is_no_figure_is_refused_and_says_why(string text, string why) =>
        Assert.Contains(why, PriceText.Read(text, PriceText.FromUsd, out _), StringComparison.Ordinal);

    [Theory]
    [InlineData("9.600000000000001e-07", 960_000_000, true)]
    [InlineData("2.9999999999999997e-06", 3_000_000_000, true)]
    [InlineData("0.00000014999999999999999", 150_000_000, true)]
    [InlineData("9.99999999999999999e-07", 1_000_000_000, true)]
    [InlineData("1.5e-07", 150_000_000, false)]
    public void A_doubles_noise_is_left_off_and_said(string text, long value, bool noisy)
    {
        Assert.Null(PriceText.ReadFromDouble(text, PriceText.FromUsdPerToken, out var read, out var cut));
        Assert.Equal((value, noisy), (read, cut));
    }

    [Theory]
    [InlineData("1.23456789e-08")]
    [InlineData("1e-16")]
    public void A_figure_that_is_finer_than_a_nano_dollar_is_no_noise(string text) =>
        Assert.NotNull(PriceText.ReadFromDouble(text, PriceText.FromUsdPerToken, out _, out _));

    /// <summary>Against integers without bounds: the same figure written with a point, and with an exponent.</summary>
    [Fact]
    public void However_it_is_written_it_is_the_same_figure() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).Zip(Gen.Choose(-15, 0)).ToArbitrary(),
        pair =>
        {
            var (digits, exponent) = pair;
            var exact = new BigInteger(digits) * BigInteger.Pow(10, exponent + 15);
            var plain = digits.ToString(CultureInfo.InvariantCulture).PadLeft(1 - exponent, '0').Insert(Math.Max(1 - exponent, digits.ToString(CultureInfo.InvariantCulture).Length) + exponent, ".");
            if (exponent == 0)
                plain = plain.TrimEnd('.');
            foreach (var text in new[] { $"{digits}e{exponent}", $"{digits}E{exponent:+00;-00}", plain })
            {
                var problem = PriceText.Read(text, PriceText.FromUsdPerToken, out var read);
                if (exact > PriceText.Largest ? problem is null : problem is not null || read != exact)
                    return false;
            }

            return true;
        }).QuickCheckThrowOnFailure();
}
