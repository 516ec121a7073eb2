using BudgetProxy.Core.Money;

namespace BudgetProxy.Core.Tests.Money;

public sealed class NanoUsdArithmeticTests
{
    [Theory]
    [InlineData(10, 4, 3, 2)] // 2.5
    [InlineData(14, 4, 4, 4)] // 3.5
    [InlineData(9, 4, 3, 2)] // 2.25
    [InlineData(11, 4, 3, 3)] // 2.75
    [InlineData(8, 4, 2, 2)]
    [InlineData(0, 4, 0, 0)]
    [InlineData(1, 1_000_000, 1, 0)]
    [InlineData(-10, 4, -2, -2)] // -2.5
    [InlineData(-14, 4, -3, -4)] // -3.5
    [InlineData(-11, 4, -2, -3)] // -2.75
    public void Rounds_up_or_half_to_even(long numerator, long denominator, long up, long even)
    {
        Assert.Equal(up, NanoUsd.FromRatio(numerator, denominator, Rounding.Up).Value);
        Assert.Equal(even, NanoUsd.FromRatio(numerator, denominator, Rounding.HalfEven).Value);
    }

    [Fact]
    public void Cuts_what_no_budget_can_hold()
    {
        Assert.Equal(NanoUsd.Ceiling, NanoUsd.FromRatio(Int128.MaxValue, 1, Rounding.HalfEven));
        Assert.Equal(-NanoUsd.Ceiling, NanoUsd.FromRatio(Int128.MinValue, 1, Rounding.Up));
        Assert.True(NanoUsd.Ceiling > NanoUsd.MaxLimit);
        Assert.Equal(NanoUsd.MaxLimit.Value * 2 + 1, (NanoUsd.Ceiling + NanoUsd.MaxLimit).Value);
    }

    [Fact]
    public void A_sum_is_cut_where_it_has_no_room_and_not_before()
    {
        NanoUsd most = new(long.MaxValue), least = new(long.MinValue);
        Assert.Equal(NanoUsd.Zero, NanoUsd.Sum([]));
        Assert.Equal(most, NanoUsd.Sum([most, most]));
        Assert.Equal(least, NanoUsd.Sum([least, new(-1)]));
        Assert.Equal(new NanoUsd(5), NanoUsd.Sum([most, new(6), -most, new(-1)]));
        Assert.Equal(most, NanoUsd.Less(NanoUsd.Zero, least));
        Assert.Equal(least, NanoUsd.Less(new(-2), most));
    }

    [Theory]
    [InlineData(1_000_000, 2_000, 1_200_000)] // 20 %
    [InlineData(1_000_000, 0, 1_000_000)]
    [InlineData(1_000_000, -10_000, 0)]
    [InlineData(50, 100, 50)] // 50.5, to the even
    [InlineData(150, 100, 152)] // 151.5, to the even
    [InlineData(-50, 300, -52)] // -51.5, to the even
    [InlineData(3, 1, 3)] // 3.0003
    public void Markup_is_rounded_half_even(long value, int basisPoints, long charged) =>
        Assert.Equal(charged, new NanoUsd(value).WithMarkup(basisPoints).Value);

    [Fact]
    public void Markup_keeps_the_order_of_amounts_and_never_overflows()
    {
        Assert.True(new NanoUsd(101).WithMarkup(333) >= new NanoUsd(100).WithMarkup(333));
        Assert.Equal(NanoUsd.Ceiling, NanoUsd.MaxLimit.WithMarkup(int.MaxValue));
        Assert.Equal(NanoUsd.Ceiling, new NanoUsd(long.MaxValue).WithMarkup(int.MaxValue));
    }
}
