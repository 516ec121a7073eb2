using BudgetProxy.Core.Money;

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
}
