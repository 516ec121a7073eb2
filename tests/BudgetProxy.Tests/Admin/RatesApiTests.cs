using System.Net;

namespace BudgetProxy.Tests.Admin;

public sealed class RatesApiTests
{
    [Fact]
    public async Task The_rows_in_force_are_listed_once_each_with_prices_in_usd()
    {
        await using var host = await AdminHost.StartAsync();
        var items = (await host.GetAsync("/rates?limit=1000")).Is(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(items.Count, items.Select(item => $"{item.GetProperty("provider")}/{item.GetProperty("model")}").Distinct(StringComparer.Ordinal).Count());
        var mini = Assert.Single(items, item => item.GetProperty("provider").GetString() == "openai" && item.GetProperty("model").GetString() == "gpt-4o-mini");
        var standard = mini.GetProperty("usdPerMillion").GetProperty("standard");
        Assert.Equal("0.15", standard.GetProperty("input").GetString());
        Assert.Equal("0.60", standard.GetProperty("output").GetString());
    }
}
