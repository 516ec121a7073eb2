using System.Globalization;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Cli;

/// <summary>Statements by the built program.</summary>
public sealed class StatementCommandTests
{
    [Fact]
    public async Task Statements_are_listed_shown_and_written_into_files()
    {
        await using var cli = await CliProxy.StartAsync();
        using var folder = new TempFolder();
        var key = await cli.Proxy.CreateTenantAsync("acme", """{"name":"Acme Ltd","markupPercent":20}""");
        Assert.Contains("It has used nothing yet.", (await cli.RunAsync("statements", "list", "acme")).Ok().Output, StringComparison.Ordinal);
        await cli.CallAsync(key, "acme", "alice");
        await cli.CallAsync(key, "acme", "bob", booked: 2);
        var month = TimeProvider.System.GetUtcNow().ToString("yyyy-MM", CultureInfo.InvariantCulture);

        var list = (await cli.RunAsync("statements", "list", "acme")).Ok();
        Assert.Matches($@"^{month} +2 +\d+ +\$0\.0\d+ +\$0\.0\d+ +so far$", list.Lines[2]);
        var shown = (await cli.RunAsync("statements", "show", "acme")).Ok();
        Assert.Matches($@"Month +{month}, UTC, so far\nCharged +\$0\.0\d+\nCalls +2\n", shown.Output);
        Assert.Matches(@"(?m)^gpt-4o-mini +2 +\d+ +0 +\d+ +\$0\.0\d+$", shown.Output);
        Assert.Matches(@"(?m)^alice +1 ", shown.Output);
        Assert.DoesNotContain("Cost", shown.Output, StringComparison.Ordinal);
        Assert.Matches(@"Cost +\$0\.0\d+\nMarkup +\$0\.0\d+\n", (await cli.RunAsync("statements", "show", "acme", month, "--for", "us")).Ok().Output);
        Assert.Equal(2, (await cli.RunAsync("statements", "show", "acme", "--json")).Ok().Json.GetProperty("total").GetProperty("calls").GetInt64());

        Assert.Equal(
            await cli.Proxy.Admin.GetStringAsync($"tenants/acme/statements/{month}?format=csv&for=us"), (await cli.RunAsync("statements", "csv", "acme", month, "--for", "us")).Ok().Output);
        var file = Path.Combine(folder.Path, "entries.csv");
        Assert.Equal($"3 lines are in {file}.", (await cli.RunAsync("statements", "csv", "acme", month, "--entries", "-o", file)).Ok().Output.TrimEnd());
        Assert.Equal(await cli.Proxy.Admin.GetStringAsync($"tenants/acme/statements/{month}?format=csv&detail=entries"), await File.ReadAllTextAsync(file));
        Assert.Equal(2, (await cli.RunAsync("statements", "csv", "acme", month, "--entries", "--jsonl")).Ok().Lines.Length);
        Assert.StartsWith("<!DOCTYPE html>", (await cli.RunAsync("statements", "page", "acme")).Ok().Output, StringComparison.Ordinal);

        (await cli.RunAsync("statements", "show", "nobody")).Fails(3, "There is no such tenant.");
        (await cli.RunAsync("statements", "show", "acme", "november")).Fails(2, "<month>: Must be a month in UTC");
        (await cli.RunAsync("statements", "show", "acme", "9998-01")).Fails(2, "Has not begun");
        (await cli.RunAsync("statements", "show", "acme", month, "--for", "them")).Fails(2, "--for: Must be one of");
        (await cli.RunAsync("statements", "csv", "acme", "--jsonl")).Fails(2, "add --entries");
        (await cli.RunAsync("statements", "csv", "acme", "--json")).Fails(2, "statements show");
    }
}
