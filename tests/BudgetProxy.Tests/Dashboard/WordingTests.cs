using System.Text.Json;
using BudgetProxy.Dashboard;
using BudgetProxy.Dashboard.Charts;

namespace BudgetProxy.Tests.Dashboard;

/// <summary>How figures and changes are written.</summary>
public sealed class WordingTests
{
    [Theory]
    [InlineData("0", "$0.00")]
    [InlineData("1234567.891", "$1,234,567.89")]
    [InlineData("0.5", "$0.50")]
    [InlineData("0.999", "$1.00")]
    [InlineData("0.0123", "$0.012")]
    [InlineData("0.000252", "$0.00025")]
    [InlineData("0.000000001", "$0.000000001")]
    [InlineData("-3.5", "−$3.50")]
    public void Sums_say_something(string usd, string text) => Assert.Equal(text, Say.Usd(decimal.Parse(usd)));

    [Theory]
    [InlineData("0", "0%")]
    [InlineData("0.0004", "<0.1%")]
    [InlineData("0.081", "8.1%")]
    [InlineData("0.8", "80%")]
    [InlineData("1.5", "150%")]
    [InlineData("370000", ">999%")]
    public void Shares_are_short(string share, string text) => Assert.Equal(text, Say.Percent(decimal.Parse(share)));

    [Theory]
    [InlineData("0")]
    [InlineData("0.000000003")]
    [InlineData("0.7")]
    [InlineData("1")]
    [InlineData("30.4")]
    [InlineData("99.99")]
    [InlineData("123456789")]
    public void An_axis_holds_what_it_is_made_for_on_few_lines(string highest)
    {
        var scale = ChartScale.Of(decimal.Parse(highest));
        Assert.True(scale.Top >= decimal.Parse(highest));
        Assert.InRange(scale.Lines, 1, 4);
        Assert.True(decimal.Parse(highest) == 0 || scale.Top <= decimal.Parse(highest) * 4);
    }

    [Fact]
    public void A_change_is_told_field_by_field()
    {
        var changes = JsonDiff.Of(
            JsonElement.Parse("""{"limit":{"usd":"5.00"},"window":"month","alertAt":[0.5],"budgets":[{"name":"a","n":1}],"gone":true,"same":null}"""),
            JsonElement.Parse("""{"limit":{"usd":"7.00"},"window":"month","alertAt":[0.5,0.8],"budgets":[{"name":"a","n":2}],"same":null}"""));
        Assert.Equal(
            [("limit.usd", "5.00", "7.00"), ("alertAt", "0.5", "0.5, 0.8"), ("budgets[a].n", "1", "2"), ("gone", "yes", null)], changes);
    }
}
