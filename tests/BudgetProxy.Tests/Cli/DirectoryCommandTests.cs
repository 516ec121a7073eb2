using System.Text.Json;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Cli;

/// <summary><c>apply</c> and <c>export</c>: the built program before a running proxy.</summary>
public sealed class DirectoryCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string FilePath => Path.Combine(_folder.Path, "directory.yaml");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Apply_shows_what_changes_and_does_it()
    {
        await using var proxy = await TestProxy.StartAsync();
        await File.WriteAllTextAsync(FilePath, "tenants: { acme: { name: Acme, budgets: { monthly: { limit: { usd: 5 }, window: month } } } }");
        var dry = await RunAsync(proxy, "apply", "-f", FilePath, "--dry-run");
        Assert.Equal((7, ""), (dry.Code, dry.Error));
        Assert.Equal(
            ["+ tenant  acme          name=Acme", "+ budget  acme/monthly  limit=usd:5.00  window=month", "", "Plan: 2 to create, 0 to change, 0 to delete."], dry.Lines);
        Assert.Equal("Applied: 2 to create, 0 to change, 0 to delete.", (await RunAsync(proxy, "apply", "-f", FilePath, "--yes")).Ok().Lines[^1]);
        Assert.Equal("Nothing to do: the directory is as the file says.\n", (await RunAsync(proxy, "apply", "-f", FilePath, "--dry-run")).Ok().Output);

        await File.WriteAllTextAsync(FilePath, "tenants: { acme: { budgets: { daily: { limit: { requests: 7 }, window: day } } } }");
        Assert.Equal(
            ["~ tenant  acme", "          name: Acme → (none)", "+ budget  acme/daily    limit=requests:7  window=day", "- budget  acme/monthly", "", "Plan: 1 to create, 1 to change, 1 to delete."],
            (await RunAsync(proxy, "apply", "-f", FilePath, "--dry-run", "--prune")).Lines);
        (await RunAsync(proxy, "apply", "-f", FilePath, "-y", "--prune")).Ok();
        Assert.Equal(["daily"], (await proxy.BudgetsAsync("acme")).Keys);
    }

    [Fact]
    public async Task Keys_are_taken_from_the_environment_here_and_only_their_hashes_are_sent()
    {
        await using var proxy = await TestProxy.StartAsync();
        var (fromVariable, plain) = (KeySecret.NewVirtual(), KeySecret.NewVirtual());
        await File.WriteAllTextAsync(
            FilePath,
            $"""
            tenants:
              acme:
                keys:
                  ci:   # from the pipeline
                    env: CI_KEY
                    user: é😀
                  old: {"{"} key: "{plain.Text}" {"}"}
              env: {"{"} name: env {"}"}
            """);
        (await RunAsync(proxy, "apply", "-f", FilePath, "--yes")).Fails(1, $"{FilePath}:5:14: The environment variable CI_KEY is not set.");
        (await RunAsync(proxy, [("CI_KEY", "sk-123")], "apply", "-f", FilePath, "--yes")).Fails(1, "The value of CI_KEY is no key");
        var answer = (await RunAsync(proxy, [("CI_KEY", fromVariable.Text)], "apply", "-f", FilePath, "--yes", "--json")).Ok();
        Assert.DoesNotContain(plain.Text, answer.Output, StringComparison.Ordinal);
        Assert.True(JsonElement.Parse(answer.Output).GetProperty("applied").GetBoolean());
        foreach (var key in new[] { fromVariable, plain })
        {
            using var client = proxy.Client(key.Text);
            using var response = await client.PostAsync("/v1/estimate/openai/chat/completions", TestProxy.Json(Gateway.Bodies.Chat()));
            Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("tenants:\r\n  acme:\r\n    name: é😀\r\n    keys:\r\n      k:\r\n        key: {0}\r\n        user: ann\r\n")]
    [InlineData("tenants:\n  acme:\n    keys:\n      k:\n        key: >-\n          {0}\n        user: ann\n")]
    [InlineData("tenants:\n  acme:\n    keys:\n      k:\n        user: ann\n        key: '{0}'")]
    [InlineData("{{\"tenants\":{{\"acme\":{{\"keys\":{{\"k\":{{\"key\":\"{0}\",\"user\":\"ann\"}}}}}}}}}}")]
    public async Task A_key_is_hidden_in_whatever_style_it_is_written(string form)
    {
        await using var proxy = await TestProxy.StartAsync();
        var secret = KeySecret.NewVirtual();
        await File.WriteAllTextAsync(FilePath, string.Format(System.Globalization.CultureInfo.InvariantCulture, form, secret.Text));
        var answer = (await RunAsync(proxy, "apply", "-f", FilePath, "--yes")).Ok();
        Assert.Contains(answer.Lines, line => line.StartsWith("+ key     acme/k  name=k  user=ann", StringComparison.Ordinal));
        using var client = proxy.Client(secret.Text);
        using var response = await client.PostAsync("/v1/estimate/openai/chat/completions", TestProxy.Json(Gateway.Bodies.Chat()));
        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Errors_stand_with_file_line_and_column_and_warnings_beside()
    {
        await using var proxy = await TestProxy.StartAsync();
        await File.WriteAllTextAsync(FilePath, "tenants:\n  acme: { nme: x }\n  b: { budgets: { m: {} } }\n");
        var answer = await RunAsync(proxy, "apply", "-f", FilePath, "--yes");
        answer.Fails(1, $"{FilePath}:2:11: tenants.acme.nme: There is no such field here.");
        answer.Fails(1, $"{FilePath}:3:19: tenants.b.budgets.m.limit: Is required.");
        answer.Fails(1, "3 errors; nothing was changed.");
        await File.WriteAllTextAsync(FilePath, "tenants: {\n");
        (await RunAsync(proxy, "apply", "-f", FilePath, "--dry-run")).Fails(1, "This is no YAML");
        (await RunAsync(proxy, "apply", "-f", FilePath + ".none", "--dry-run")).Fails(1, "can't be read");
        (await RunAsync(proxy, "apply", "-f", FilePath)).Fails(2, "There is nobody to ask");
        (await RunAsync(proxy, "apply", "-f", FilePath, "--dry-run", "--yes")).Fails(2, "give one of the two");
        (await RunAsync(proxy, "apply", "-f", FilePath, "--json")).Fails(2, "--json asks nothing");
        (await RunAsync(proxy, "apply", "--yes")).Fails(2, "--file");
        (await CliProgram.RunAsync("apply", "-f", FilePath, "--yes")).Fails(2, "needs an admin key");
        await File.WriteAllBytesAsync(FilePath, [0xFF, 0xFE, 0]);
        (await RunAsync(proxy, "apply", "-f", FilePath, "--dry-run")).Fails(1, "is not UTF-8 text");
    }

    /// <summary>Nothing listens at the address: whoever sends ends with another code.</summary>
    [Theory]
    [InlineData("tenants:\n  acme:\n    name: [a\n    keys: { k: { key: {0} } }\n", ":4:", "This is no YAML: ")]
    [InlineData("x: &k {0}\ntenants: { acme: { keys: { k: { key: *k } } } }\n", ":1:4: ", "'&k' is an anchor")]
    public async Task A_file_with_a_fault_is_not_sent_since_keys_in_it_may_not_be_found(string form, string place, string message)
    {
        var secret = KeySecret.NewVirtual().Text;
        await File.WriteAllTextAsync(FilePath, form.Replace("{0}", secret, StringComparison.Ordinal));
        var answer = await CliProgram.RunAsync("apply", "-f", FilePath, "--yes", "--url", "http://127.0.0.1:1", "--key", "k");
        answer.Fails(1, FilePath + place);
        answer.Fails(1, message);
        answer.Fails(1, "Nothing was sent.");
        Assert.DoesNotContain(secret, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_is_a_file_that_changes_nothing()
    {
        await using var proxy = await TestProxy.StartAsync();
        await proxy.CreateTenantAsync("acme", """{"name":"a: b"}""");
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"5"},"window":"month"}""");
        var shown = (await RunAsync(proxy, "export")).Ok();
        Assert.Contains("name: \"a: b\"", shown.Output, StringComparison.Ordinal);
        Assert.Equal("", (await RunAsync(proxy, "export", "-o", FilePath)).Ok().Output);
        Assert.Equal(shown.Output, await File.ReadAllTextAsync(FilePath));
        (await RunAsync(proxy, "apply", "-f", FilePath, "--dry-run", "--prune")).Ok();
        Assert.Contains("$defs", (await RunAsync(proxy, "export", "--schema")).Ok().Output, StringComparison.Ordinal);
        (await RunAsync(proxy, "export", "-o", Path.Combine(_folder.Path, "no", "such", "folder"))).Fails(1, "can't be written");
        (await CliProgram.RunAsync("export", "--url", proxy.BaseAddress.AbsoluteUri, "--key", "wrong")).Fails(4, "does not know this key");
        Assert.Equal([FilePath], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task On_a_terminal_it_asks_in_colour_and_takes_no_for_an_answer()
    {
        await using var proxy = await TestProxy.StartAsync();
        await File.WriteAllTextAsync(FilePath, "tenants: { acme: {} }");
        (string, string)[] environment = [("TERM", "xterm-256color"), ("BUDGETPROXY_ADMIN_KEY", TestProxy.AdminKey)];
        string[] command = ["apply", "-f", FilePath, "--url", proxy.BaseAddress.AbsoluteUri];
        var coloured = await CliProgram.RunOnTerminalAsync(environment, [.. command, "--dry-run"]);
        Assert.Matches(@"\e\[[0-9;]+m\+ tenant  acme", coloured.Output);
        Assert.Equal(7, coloured.Code);
        var plain = await CliProgram.RunOnTerminalAsync([.. environment, ("NO_COLOR", "1")], [.. command, "--dry-run"]);
        Assert.DoesNotMatch(@"\e\[[0-9;]+m", plain.Output);
        const string Question = "Apply this? [y/N]";
        var declined = await CliProgram.AnswerOnTerminalAsync(environment, Question, "n", command);
        Assert.Contains(Question, declined.Output, StringComparison.Ordinal);
        Assert.Equal(7, declined.Code);
        Assert.Empty((await proxy.Admin.GetStringAsync("tenants")).Split("\"id\"")[1..]);
        Assert.Equal(0, (await CliProgram.AnswerOnTerminalAsync(environment, Question, "y", command)).Code);
        Assert.Single((await proxy.Admin.GetStringAsync("tenants")).Split("\"id\"")[1..]);
    }

    private static Task<CliAnswer> RunAsync(TestProxy proxy, params string[] arguments) => RunAsync(proxy, [], arguments);

    private static Task<CliAnswer> RunAsync(TestProxy proxy, (string Name, string Value)[] environment, params string[] arguments) =>
        CliProgram.RunAsync([.. environment, ("BUDGETPROXY_ADMIN_KEY", TestProxy.AdminKey)], [.. arguments, "--url", proxy.BaseAddress.AbsoluteUri]);
}
