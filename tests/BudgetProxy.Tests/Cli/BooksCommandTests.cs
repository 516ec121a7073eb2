using System.Diagnostics;
using BudgetProxy.Tests.Conventions;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Cli;

/// <summary>Usage, ledger and rates by the built program, and the program as a package.</summary>
public sealed class BooksCommandTests
{
    [Fact]
    public async Task Usage_has_totals_and_gives_scripts_what_the_api_gives()
    {
        await using var cli = await CliProxy.StartAsync();
        Assert.Contains("Nothing was used in this time.", (await cli.RunAsync("usage")).Ok().Output, StringComparison.Ordinal);
        var key = await cli.Proxy.CreateTenantAsync("acme", """{"markupPercent":20}""");
        await cli.CallAsync(key, "acme", "alice");
        await cli.CallAsync(key, "acme", "bob", booked: 2);
        var table = (await cli.RunAsync("usage", "--group-by", "user", "--last", "1d")).Ok();
        Assert.Matches("^User +Requests +Input +Cached +Output +Cost +Charged +Share$", table.Lines[1]);
        Assert.Matches(@"^(alice|bob) +1 +\d+ +0 +\d+ +\$0\.0000\d\d +\$0\.0000\d\d +50\.0 %$", table.Lines[3]);
        Assert.Matches(@"^Total +2 +\d+ +0 +\d+ +\$0\.0000\d\d +\$0\.0000\d\d +100\.0 %$", table.Lines[^1]);
        Assert.Equal(await cli.Proxy.Admin.GetStringAsync("usage?groupBy=user&format=csv"), (await cli.RunAsync("usage", "-g", "user", "--csv", "--from", "2020-01-01")).Ok().Output);
        Assert.Equal(2, (await cli.RunAsync("usage", "--today", "--json")).Ok().Json.GetProperty("items")[0].GetProperty("requests").GetInt64());
        (await cli.RunAsync("usage", "--last", "7d", "--month")).Fails(2, "--last, --month: give one of them.");
        (await cli.RunAsync("usage", "--month", "november")).Fails(2, "is not a month such as 2026-11");
        (await cli.RunAsync("usage", "--group-by", "colour")).Fails(2, "--group-by: 'colour' can't be grouped by.");
        (await cli.RunAsync("usage", "--json", "--csv")).Fails(2, "give one of the two");
    }

    [Fact]
    public async Task The_ledger_shows_the_latest_calls_and_streams_the_entries()
    {
        await using var cli = await CliProxy.StartAsync();
        using var folder = new TempFolder();
        var key = await cli.Proxy.CreateTenantAsync("acme");
        await cli.CallAsync(key, "acme", "alice");
        await cli.CallAsync(key, "acme", "bob", booked: 2);
        var table = (await cli.RunAsync("ledger", "--tenant", "acme")).Ok();
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +acme +bob +gpt-4o-mini +\d+ +0 +\d+ +\$0\.\d+ +\$0\.\d+ +\$0\.\d+ +200$", table.Lines[2]);
        Assert.Equal(2, (await cli.RunAsync("ledger", "--json")).Ok().Json.GetProperty("items").GetArrayLength());
        Assert.Equal(3, (await cli.RunAsync("ledger", "--user", "alice")).Ok().Lines.Length);

        var lines = await cli.Proxy.Admin.GetStringAsync("ledger?format=jsonl");
        Assert.Equal(lines, (await cli.RunAsync("ledger", "--jsonl")).Ok().Output);
        var file = Path.Combine(folder.Path, "all.csv");
        Assert.Equal($"3 lines are in {file}.", (await cli.RunAsync("ledger", "-o", file)).Ok().Output.TrimEnd());
        Assert.Equal(await cli.Proxy.Admin.GetStringAsync("ledger?format=csv"), await File.ReadAllTextAsync(file));
        (await cli.RunAsync("ledger", "-o", Path.Combine(folder.Path, "no", "such.csv"))).Fails(1, "can't be written");
        (await cli.RunAsync("ledger", "-o", Path.Combine(folder.Path, "x.txt"))).Fails(2, "ends in neither .csv nor .jsonl");
        (await cli.RunAsync("ledger", "--today")).Fails(2, "add --jsonl, --csv or -o");
        Assert.Equal([file], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_rate_follows_the_one_in_force_in_what_is_named()
    {
        await using var cli = await CliProxy.StartAsync();
        var set = (await cli.RunAsync("rates", "set", "openai/gpt-4o-mini", "--input", "0.16")).Ok();
        Assert.Matches(@"^openai/gpt-4o-mini +all +standard +\$0\.1600 +\$0\.0750 +- +- +\$0\.60 ", set.Lines[2]);
        Assert.Equal(3, (await cli.RunAsync("rates", "list", "--provider", "openai", "--model", "gpt-4o-mini", "--json")).Ok().Json.GetProperty("items")[0].GetProperty("usdPerMillion").EnumerateObject().Count());
        Assert.Equal(2, (await cli.RunAsync("rates", "history", "gpt-4o-mini", "--json")).Ok().Json.GetProperty("items").EnumerateArray().Count(row => row.GetProperty("provider").GetString() == "openai"));
        await cli.RunAsync("tenants", "set", "acme");
        Assert.Contains("80 % of list", (await cli.RunAsync("rates", "set", "openai/gpt-4o-mini", "--tenant", "acme", "--percent-of-list", "80")).Ok().Output, StringComparison.Ordinal);
        (await cli.RunAsync("rates", "set", "openai/gpt-4o-mini")).Fails(2, "Name at least one price");
        (await cli.RunAsync("rates", "set", "gpt-4o-mini", "--input", "1")).Fails(2, "is not like openai/gpt-4o-mini");
        Assert.Matches("^Rows +[0-9]+\nNewest +2026-", (await cli.RunAsync("rates", "age")).Output);

        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "prices.csv");
        await File.WriteAllTextAsync(file, "provider,model,input,output\nopenai,zz-test,1,2\n");
        Assert.StartsWith("1 models: 1 new, 0 changed", (await cli.RunAsync("rates", "import", file)).Ok().Output, StringComparison.Ordinal);
        Assert.Equal("There are no such rates.", (await cli.RunAsync("rates", "list", "--model", "zz-test")).Ok().Output.TrimEnd());
        var unsure = await cli.RunAsync("rates", "import", file, "--apply");
        Assert.Equal(2, unsure.Code);
        Assert.Contains("Apply these prices? There is nobody to ask here: --yes does it.", unsure.Error, StringComparison.Ordinal);
        Assert.Contains("Applied: 1 new, 0 changed.", (await cli.RunAsync("rates", "import", file, "--apply", "--yes")).Ok().Output, StringComparison.Ordinal);
        Assert.Contains("openai/zz-test", (await cli.RunAsync("rates", "list", "--model", "zz-test")).Ok().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bars_and_colours_are_for_terminals_and_lines_for_their_width()
    {
        await using var cli = await CliProxy.StartAsync();
        await cli.RunAsync("tenants", "set", "acme", "--name", "A name that is a good deal longer than a narrow terminal is wide, and goes on");
        await cli.RunAsync("budgets", "set", "acme", "monthly", "--usd", "5", "--window", "month");
        var colourful = await cli.RunOnTerminalAsync([("COLUMNS", "160")], "budgets", "list", "acme");
        Assert.Contains("░░░░", colourful.Output, StringComparison.Ordinal);
        Assert.Contains("\e[", colourful.Output, StringComparison.Ordinal);
        var plain = await cli.RunOnTerminalAsync([("COLUMNS", "160"), ("NO_COLOR", "1")], "budgets", "list", "acme");
        Assert.DoesNotContain('░', plain.Output);
        Assert.DoesNotMatch(@"\e\[[0-9;]*m", plain.Output);
        foreach (var width in new[] { 40, 80, 100 })
        {
            foreach (var command in new[] { new[] { "tenants", "list" }, ["budgets", "list", "acme"], ["rates", "list", "--provider", "anthropic"] })
                Assert.All((await CliProgram.RunAsync([.. cli.Environment(), ("COLUMNS", $"{width}")], command)).Ok().Lines, line => Assert.InRange(line.Length, 0, width));
        }
    }

    [Fact]
    public async Task It_is_packed_as_a_tool_that_installs_and_runs()
    {
        using var folder = new TempFolder();
        var project = Path.Combine(SourceTree.Root, "src", "BudgetProxy.Cli");
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        await RunAsync("dotnet", "pack", project, "--no-build", "-c", configuration, "-o", folder.Path);
        await RunAsync("dotnet", "tool", "install", "BudgetProxy.Cli", "--tool-path", Path.Combine(folder.Path, "tool"), "--source", folder.Path);
        Assert.Contains("gpt-4o-mini", await RunAsync(Path.Combine(folder.Path, "tool", "budgetproxy"), "estimate", "--model", "gpt-4o-mini", "--input", "1000"), StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        // Servers that a build leaves behind would hold the pipes open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {output}{await error}");
        return output;
    }
}
