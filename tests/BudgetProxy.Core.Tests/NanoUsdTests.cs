using BudgetProxy.Core.Money;
using FsCheck;
using FsCheck.Fluent;

namespace BudgetProxy.Core.Tests;

public sealed class NanoUsdTests
{
    [Theory]
    [InlineData("4.20", 4_200_000_000)]
    [InlineData("0.000000001", 1)]
    [InlineData("-1", -1_000_000_000)]
    public void Parses_exact_decimals(string text, long nanos)
    {
        Assert.True(NanoUsd.TryParse(text, out var amount));
        Assert.Equal(nanos, amount.Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1e3")]
    [InlineData("0.0000000001")]
    [InlineData("1,000")]
    [InlineData("99999999999999")]
    [InlineData("NaN")]
    public void Refuses_what_is_not_exact(string text) => Assert.False(NanoUsd.TryParse(text, out _));

    [Fact]
    public void Prints_costs_whole_and_balances_short()
    {
        Assert.Equal("0.000300000", new NanoUsd(300_000).ToString());
        Assert.Equal("4.20", new NanoUsd(4_200_000_000).ToBalance());
        Assert.Equal("0.000000001", new NanoUsd(1).ToBalance());
    }

    [Theory]
    [InlineData(0, "0.000000000")]
    [InlineData(-1, "-0.000000001")]
    [InlineData(-1_000_000_001, "-1.000000001")]
    [InlineData(long.MaxValue, "9223372036.854775807")]
    [InlineData(long.MinValue, "-9223372036.854775808")]
    public void Prints_every_cost_exactly(long value, string text) => Assert.Equal(text, new NanoUsd(value).ToString());

    [Fact]
    public void What_is_printed_is_read_as_the_same() => Prop.ForAll(
        Gen.Choose(int.MinValue, int.MaxValue).Zip(Gen.Choose(0, int.MaxValue)).ToArbitrary(),
        parts =>
        {
            var amount = new NanoUsd(parts.Item1 * 1_000_000_000L + parts.Item2);
            return NanoUsd.TryParse(amount.ToString(), out var read) && read == amount;
        }).QuickCheckThrowOnFailure();
}
