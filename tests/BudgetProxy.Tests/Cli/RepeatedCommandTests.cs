using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Cli;

/// <summary>Commands whose answer is lost on the way, and those that people repeat.</summary>
public sealed class RepeatedCommandTests
{
    [Fact]
    public async Task A_top_up_whose_answer_is_lost_is_asked_for_again_and_adds_once()
    {
        await using var cli = await CliProxy.StartAsync();
        await cli.Proxy.CreateTenantAsync("acme");
        await cli.Proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"5"},"window":"month"}""");
        await using var network = CuttingProxy.Start(cli.Proxy.BaseAddress.Port);
        network.LoseReplies(1, "/topup");
        Assert.Contains("topped up by $20.00", (await RunAsync("topup", "20")).Ok().Output, StringComparison.Ordinal);
        Assert.Equal(1, network.RepliesLost);
        Assert.Equal("20.00", await ToppedUpAsync());

        // Lost for good: what to do is said, and it does nothing twice.
        network.LoseReplies(3, "/topup");
        var lost = await RunAsync("topup", "1");
        Assert.Equal(6, lost.Code);
        var word = System.Text.RegularExpressions.Regex.Match(lost.Error.ReplaceLineEndings(" "), "--once ([0-9a-f]{32})").Groups[1].Value;
        Assert.Equal("21.00", await ToppedUpAsync());
        (await RunAsync("topup", "1", "--once", word)).Ok();
        Assert.Equal("21.00", await ToppedUpAsync());
        (await RunAsync("topup", "2", "--once", word)).Fails(5, "");
        (await RunAsync("topup", "1")).Ok();
        Assert.Equal("22.00", await ToppedUpAsync());
        network.LoseReplies(1, "/reset");
        (await RunAsync("reset", "--yes")).Ok();

        Task<CliAnswer> RunAsync(string verb, params string[] more) => CliProgram.RunAsync(
            [("BUDGETPROXY_URL", $"http://127.0.0.1:{network.Port}/"), ("BUDGETPROXY_ADMIN_KEY", TestProxy.AdminKey)], ["budgets", verb, "acme", "monthly", .. more]);
        async Task<string?> ToppedUpAsync() => (await cli.Proxy.BudgetsAsync("acme"))["monthly"].GetProperty("toppedUp").GetString();
    }
}
