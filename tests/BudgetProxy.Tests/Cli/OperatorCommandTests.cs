using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Cli;

/// <summary>What an operator sees of keys, roles, profiles, the live view and the doctor, and of a proxy that is away, older, or changed by another.</summary>
public sealed class OperatorCommandTests
{
    [Fact]
    public async Task A_wrong_key_a_low_role_and_no_proxy_have_exit_codes_of_their_own()
    {
        await using var cli = await CliProxy.StartAsync();
        (await cli.RunAsAsync("wrong-key-0123456789", "tenants", "list")).Fails(4, "does not know this key (401)");
        var viewer = await cli.KeyOfAsync("viewer");
        (await cli.RunAsAsync(viewer, "tenants", "set", "acme")).Fails(4, "The key has the role 'viewer'; this call needs 'admin'.");
        Assert.Matches("^Name +viewer\nRole +viewer\n", (await cli.RunAsAsync(viewer, "whoami")).Ok().Output);
        (await CliProgram.RunAsync("tenants", "list", "--url", "http://127.0.0.1:1", "--key", "k")).Fails(6, "can't be reached");
        (await CliProgram.RunAsync("tenants", "list")).Fails(2, "The proxy at http://127.0.0.1:8080/ needs an admin key");
        Assert.Equal("admin", (await CliProgram.RunAsync([], TestProxy.AdminKey + "\n", ["whoami", "--url", cli.Proxy.BaseAddress.AbsoluteUri, "--key-file", "-", "--json"])).Ok().Json.GetProperty("role").GetString());
    }

    [Fact]
    public async Task A_plan_is_set_from_words_or_a_file_and_acts_on_its_tenants()
    {
        await using var cli = await CliProxy.StartAsync();
        Assert.Equal("Plan pro is made.", (await cli.RunAsync("plans", "set", "pro", "--budget", "monthly=50usd/month", "--budget", "bursts=1k requests/minute,per=user,mode=shadow")).Ok().Lines[0]);
        await cli.RunAsync("tenants", "set", "acme", "--plan", "pro");
        var budgets = (await cli.RunAsync("budgets", "list", "acme")).Ok();
        Assert.Matches(@"^monthly +month +\$50\.00 .*from plan:pro$", budgets.Lines.Single(line => line.StartsWith("monthly", StringComparison.Ordinal)));
        Assert.Matches(@"^bursts +minute +1,000 +per user, shadow, from plan:pro; 0 counters$", budgets.Lines.Single(line => line.StartsWith("bursts", StringComparison.Ordinal)));
        (await cli.RunAsync("plans", "delete", "pro", "--yes")).Fails(5, "Tenants are on this plan");
        await cli.RunAsync("plans", "set", "pro", "--without", "bursts", "--budget", "monthly=$60usd/month");
        var plan = (await cli.RunAsync("plans", "show", "pro", "--json")).Ok();
        Assert.Equal("60.00", Assert.Single(plan.Json.GetProperty("budgets").EnumerateArray()).GetProperty("limit").GetProperty("usd").GetString());
        Assert.Equal("Plan pro was so already.", (await CliProgram.RunAsync(cli.Environment(), plan.Output, ["plans", "set", "pro", "--file", "-"])).Ok().Lines[0]);
        (await cli.RunAsync("plans", "set", "pro", "--budget", "monthly=lots")).Fails(2, "--budget: 'monthly=lots' is not like");
        Assert.Contains("50,000 requests", (await cli.RunAsync("plans", "set", "pro", "--included", "50k requests")).Ok().Output, StringComparison.Ordinal);
        Assert.Contains("50,000 requests", (await cli.RunAsync("plans", "list")).Ok().Output, StringComparison.Ordinal);
        Assert.Equal("5.50", (await cli.RunAsync("plans", "set", "pro", "--included", "$5.5usd", "--json")).Ok().Json.GetProperty("included").GetProperty("usd").GetString());
        Assert.DoesNotContain("Free each month", (await cli.RunAsync("plans", "set", "pro", "--included", "")).Ok().Output, StringComparison.Ordinal);
        (await cli.RunAsync("plans", "set", "pro", "--included", "lots")).Fails(2, "--included: 'lots' is not like 50000requests");
        (await cli.RunAsync("tenants", "set", "acme", "--plan", "none")).Fails(2, "--plan: There is no plan 'none'.");

        // Its own budget of the same name then holds, and the plan's stays as it is.
        (await cli.RunAsync("budgets", "set", "acme", "monthly", "--usd", "80")).Ok();
        Assert.Contains("$80.00", (await cli.RunAsync("budgets", "list", "acme")).Ok().Output, StringComparison.Ordinal);
        var audit = (await cli.RunAsync("audit", "--tenant", "acme")).Ok();
        Assert.Matches(@"budget\.put +acme/monthly +limit\.usd: 60\.00 -> 80\.00$", audit.Lines[2]);
    }

    [Fact]
    public async Task A_plans_budget_keeps_what_is_not_named()
    {
        await using var cli = await CliProxy.StartAsync();
        (await cli.RunAsync("plans", "set", "pro", "--budget", "monthly=50usd/month,per=user,match=model:gpt-4o*,mode=shadow,timezone=Europe/Berlin,admission=expected,alert=0.5,alert=0.8", "--budget", "bursts=100requests/minute")).Ok();
        (await cli.RunAsync("plans", "set", "pro", "--budget", "monthly=60usd/month")).Ok();
        var budgets = (await cli.RunAsync("plans", "show", "pro", "--json")).Ok().Json.GetProperty("budgets").EnumerateArray().ToList();
        Assert.Equal(["monthly", "bursts"], budgets.Select(budget => budget.GetProperty("name").GetString()));
        Assert.Equal("60.00", budgets[0].GetProperty("limit").GetProperty("usd").GetString());
        Assert.Equal("gpt-4o*", budgets[0].GetProperty("match").GetProperty("model").GetString());
        Assert.Equal(2, budgets[0].GetProperty("alertAt").GetArrayLength());
        Assert.Equal(["user", "shadow", "Europe/Berlin", "expected"], new[] { "per", "mode", "timezone", "admission" }.Select(field => budgets[0].GetProperty(field).GetString()));

        // Conditions that are named are all there are, and an empty text takes a field away.
        (await cli.RunAsync("plans", "set", "pro", "--budget", "monthly=60usd/month,match=user:alice,per=")).Ok();
        var monthly = (await cli.RunAsync("plans", "show", "pro", "--json")).Ok().Json.GetProperty("budgets")[0];
        Assert.Equal("""{"user":"alice"}""", monthly.GetProperty("match").GetRawText().Replace(" ", "", StringComparison.Ordinal).ReplaceLineEndings(""));
        Assert.False(monthly.TryGetProperty("per", out var per) && per.ValueKind == JsonValueKind.String, monthly.GetRawText());
        Assert.Equal("shadow", monthly.GetProperty("mode").GetString());
        Assert.Contains("alert=0.8", (await cli.RunAsync("plans", "set", "--help")).Ok().Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        (await cli.RunAsync("plans", "set", "pro", "--budget", "monthly=60usd/month,colour=red")).Fails(2, "is none of per, match");
    }

    [Fact]
    public async Task What_another_changed_meanwhile_is_not_overwritten()
    {
        var served = new List<string>();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            served.Add(await AnswerAsync(listener, "200 OK", """{"id":"acme","name":"Acme","suspended":false}""", "ETag: \"v1\"\r\n"));
            served.Add(await AnswerAsync(listener, "412 Precondition Failed", """{"title":"It was changed.","detail":"Read it again.","status":412}"""));
        });
        var url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        (await CliProgram.RunAsync("tenants", "set", "acme", "--name", "New", "--url", url, "--key", "k")).Fails(5, "It was changed by somebody else meanwhile; nothing was done.");
        await serving;
        Assert.Contains("If-Match: \"v1\"\r\n", served[1], StringComparison.Ordinal);
        Assert.EndsWith("""{"name":"New","suspended":false}""", served[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_older_proxy_is_told_from_a_thing_that_is_not_there()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = AnswerAsync(listener, "404 Not Found", """{"title":"Not found.","detail":"There is no admin call GET /admin/v1/plans.","status":404}""");
        var url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        (await CliProgram.RunAsync("plans", "list", "--url", url, "--key", "k")).Fails(1, "is older than this command");
        await serving;
    }

    [Fact]
    public async Task Profiles_keep_address_and_key_for_their_owner_alone()
    {
        await using var cli = await CliProxy.StartAsync();
        using var folder = new TempFolder();
        (string, string)[] home = [("XDG_CONFIG_HOME", folder.Path)];
        Assert.StartsWith("There are no profiles.", (await CliProgram.RunAsync(home, "profile", "list")).Ok().Output, StringComparison.Ordinal);
        (await CliProgram.RunAsync(home, TestProxy.AdminKey, ["profile", "set", "local", "--url", cli.Proxy.BaseAddress.AbsoluteUri, "--key-file", "-"])).Ok();
        Assert.Equal("admin", (await CliProgram.RunAsync(home, "whoami", "--json")).Ok().Json.GetProperty("role").GetString());
        // The key of a profile is for its own address.
        (await CliProgram.RunAsync(home, "whoami", "--url", cli.Proxy.BaseAddress.AbsoluteUri)).Fails(2, "needs an admin key");
        (await CliProgram.RunAsync(home, "whoami", "--profile", "other")).Fails(2, "There is no profile 'other'. There are: local.");
        var file = Path.Combine(folder.Path, "budgetproxy", "profiles.json");
        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        (await CliProgram.RunAsync(home, "whoami")).Fails(1, "others can read it");
    }

    [Fact]
    public async Task A_profile_without_a_key_takes_the_environments_only_for_the_same_address()
    {
        await using var cli = await CliProxy.StartAsync();
        using var folder = new TempFolder();
        var url = cli.Proxy.BaseAddress.AbsoluteUri;
        (string, string)[] home = [("XDG_CONFIG_HOME", folder.Path)];
        (string, string)[] keyed = [.. home, ("BUDGETPROXY_ADMIN_KEY", TestProxy.AdminKey)];
        (await CliProgram.RunAsync(home, "profile", "set", "bare", "--url", url)).Ok();
        (await CliProgram.RunAsync(home, "whoami")).Fails(2, "Profile bare keeps no key: give --key-file");
        (await CliProgram.RunAsync(keyed, "whoami")).Fails(2, $"The one in BUDGETPROXY_ADMIN_KEY is for http://127.0.0.1:8080/; to use it here, give `--url {url}`");
        (await CliProgram.RunAsync(keyed, "whoami", "--url", url)).Ok();
        (await CliProgram.RunAsync([.. keyed, ("BUDGETPROXY_PROFILE", "bare")], "whoami")).Ok();
        (await CliProgram.RunAsync([.. keyed, ("BUDGETPROXY_URL", url)], "whoami", "--profile", "bare")).Ok();
        (await CliProgram.RunAsync([.. keyed, ("BUDGETPROXY_URL", "http://127.0.0.1:1")], "whoami", "--profile", "bare")).Fails(2, "is for http://127.0.0.1:1/");

        // Set again, it keeps its key while the address is the same.
        (await CliProgram.RunAsync(home, TestProxy.AdminKey, ["profile", "set", "bare", "--url", url, "--key-file", "-"])).Ok();
        (await CliProgram.RunAsync(home, "profile", "set", "bare", "--url", url)).Ok();
        (await CliProgram.RunAsync(home, "whoami")).Ok();
        Assert.Contains($"Its key was for {url} and is not kept any more", (await CliProgram.RunAsync(home, "profile", "set", "bare", "--url", "http://127.0.0.1:1")).Ok().Output, StringComparison.Ordinal);
        (await CliProgram.RunAsync(home, "whoami")).Fails(2, "Profile bare keeps no key");
    }

    [Fact]
    public async Task The_live_view_is_one_answer_for_scripts_and_leaves_the_terminal_as_it_was()
    {
        await using var cli = await CliProxy.StartAsync();
        var key = await cli.Proxy.CreateTenantAsync("acme");
        await cli.RunAsync("budgets", "set", "acme", "monthly", "--usd", "5", "--window", "lifetime");
        await cli.CallAsync(key, "acme");
        var board = (await cli.RunAsync("top")).Ok();
        Assert.Contains("Spend a second   $", board.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^acme +monthly +- +\$5\.00 ", board.Output);
        Assert.DoesNotContain('\e', board.Output);
        Assert.Equal(JsonValueKind.String, (await cli.RunAsync("top", "--once", "--json")).Ok().Json.GetProperty("spendPerSecondUsd").ValueKind);

        var left = await cli.RunOnTerminalUntilInterruptedAsync("top");
        Assert.Contains("\e[?1049h", left.Output, StringComparison.Ordinal);
        Assert.Matches(@"\e\[\?25h\e\[\?1049l(.|\n)*code 0", left.Output);
    }

    [Fact]
    public async Task The_doctor_finds_what_is_wrong_and_says_what_to_do()
    {
        await using var well = await CliProxy.StartAsync();
        var healthy = (await well.RunAsync("doctor")).Ok();
        Assert.Matches(@"(?m)^ok +provider openai .*takes the key", healthy.Output);
        Assert.Matches(@"(?m)^ok +store sqlite +answers in ", healthy.Output);
        Assert.EndsWith("0 failed, 0 to look at.", healthy.Lines[^1], StringComparison.Ordinal);

        await using var ill = await CliProxy.StartAsync(("Providers:openai:ApiKey", "sk-wrong"));
        var answer = await ill.RunAsync("doctor", "--json");
        Assert.Equal(1, answer.Code);
        var refused = Assert.Single(answer.Json.GetProperty("findings").EnumerateArray(), finding => finding.GetProperty("verdict").GetString() == "fail");
        Assert.Equal("provider openai", refused.GetProperty("check").GetString());
        Assert.Contains("BudgetProxy__Providers__openai__ApiKey", refused.GetProperty("advice").GetString(), StringComparison.Ordinal);

        var away = await CliProgram.RunAsync("doctor", "--url", "http://127.0.0.1:1", "--key", "k");
        Assert.Equal(1, away.Code);
        Assert.Contains("FAIL  proxy", away.Output, StringComparison.Ordinal);
        var settings = await CliProgram.RunAsync([("BudgetProxy__Redis", "127.0.0.1:1"), ("BudgetProxy__DataDirectory", Path.GetTempPath())], "doctor", "--config");
        Assert.Equal(1, settings.Code);
        Assert.Contains("They come together", settings.Output, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:1 can't be reached", settings.Output, StringComparison.Ordinal);
    }

    /// <summary>Only a refusal of the key is the key's fault; and an answer that does not come is a finding, not the doctor's end.</summary>
    [Theory]
    [InlineData("503 Service Unavailable", "warn  admin key", "not the key's fault")]
    [InlineData("429 Too Many Requests", "warn  admin key", "not the key's fault")]
    [InlineData("", "warn  admin key", "not the key's fault")]
    [InlineData("401 Unauthorized", "FAIL  admin key", "Take a key from")]
    public async Task The_doctor_goes_on_where_an_answer_does_not_come(string status, string finding, string advice)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            await AnswerAsync(listener, "200 OK", "{}");
            using var silent = await listener.AcceptTcpClientAsync();
            for (var i = 0; i < 2; i++)
            {
                if (status.Length > 0)
                    await AnswerAsync(listener, status, """{"title":"Not now.","detail":"Try again."}""");
                else
                    (await listener.AcceptTcpClientAsync()).Client.Close(0);
            }
        });
        var answer = await CliProgram.RunAsync("doctor", "--timeout", "4s", "--url", $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", "--key", "k");
        Assert.True(answer.Code == 1 && answer.Error.Length == 0, $"{answer.Code}: {answer.Error}{answer.Output}");
        Assert.Contains("FAIL  ready", answer.Output, StringComparison.Ordinal);
        Assert.Contains("no answer in 4 seconds", answer.Output, StringComparison.Ordinal);
        Assert.Contains(finding, answer.Output, StringComparison.Ordinal);
        Assert.Contains(advice, answer.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(status != "401 Unauthorized", answer.Output.Contains("FAIL  health", StringComparison.Ordinal));
        listener.Stop();
        await Record.ExceptionAsync(() => serving);
    }

    [Theory]
    [InlineData("password=s3cret,127.0.0.1:1", "127.0.0.1:1 can't be reached")]
    [InlineData("redis://:s3cret@127.0.0.1:1", "127.0.0.1:1 can't be reached")]
    [InlineData("password=s3cret,ssl=true", "BudgetProxy__Redis names no server")]
    public async Task The_doctor_shows_no_password_of_a_store(string redis, string finding)
    {
        var answer = await CliProgram.RunAsync([("BudgetProxy__Redis", redis), ("BudgetProxy__DataDirectory", Path.GetTempPath())], "doctor", "--config");
        Assert.Contains(finding, answer.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", answer.Output + answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _budgetproxy budgetproxy")]
    [InlineData("zsh", "compdef _budgetproxy budgetproxy")]
    [InlineData("fish", "complete -c budgetproxy")]
    public async Task Shells_get_a_script_to_complete_with(string shell, string line) =>
        Assert.Contains(line, (await CliProgram.RunAsync("completion", shell)).Ok().Output, StringComparison.Ordinal);

    [Fact]
    public async Task A_webhook_is_told_of_what_it_asks_for()
    {
        await using var cli = await CliProxy.StartAsync();
        Assert.StartsWith("Nobody is told of alerts.", (await cli.RunAsync("alerts", "webhooks", "list")).Ok().Output, StringComparison.Ordinal);
        var made = (await cli.RunAsync("alerts", "webhooks", "set", "ops", "--to", "http://127.0.0.1:1/hook", "--url", cli.Proxy.BaseAddress.AbsoluteUri)).Ok();
        Assert.Equal("Webhook ops is made.", made.Lines[0]);
        Assert.Matches("^Secret +whsec_", made.Lines[1]);
        Assert.DoesNotContain("whsec_", (await cli.RunAsync("alerts", "webhooks", "set", "ops", "--events", "budget.threshold", "--tenants", "acme")).Ok().Output, StringComparison.Ordinal);
        Assert.Matches(@"^ops +http://127\.0\.0\.1:1/hook +budget\.threshold +acme +on$", (await cli.RunAsync("alerts", "webhooks", "list")).Ok().Lines[2]);
        (await cli.RunAsync("alerts", "webhooks", "set", "ops", "--events", "nonsense")).Fails(2, "--events: Must be one of");
        (await cli.RunAsync("alerts", "webhooks", "set", "ops2")).Fails(2, "a new one needs an address: --to.");
        var test = await cli.RunAsync("alerts", "webhooks", "test", "ops");
        test.Fails(1, "Webhook ops did not take the test");
        Assert.Equal("No such alert was raised.", (await cli.RunAsync("alerts", "history")).Ok().Output.TrimEnd());
        (await cli.RunAsync("alerts", "webhooks", "delete", "ops", "--yes")).Ok();
        (await cli.RunAsync("alerts", "webhooks", "delete", "ops", "--yes")).Fails(3, "webhook");
    }

    [Fact]
    public async Task A_command_that_there_is_not_is_told_with_those_that_there_are()
    {
        await using var cli = await CliProxy.StartAsync();
        var wrong = await cli.RunAsync("nonsense");
        wrong.Fails(2, "There is no command 'nonsense'. The commands are: tenants, keys, budgets,");
        Assert.DoesNotContain("Unrecognized", wrong.Error, StringComparison.Ordinal);
        (await CliProgram.RunAsync("--url", "http://127.0.0.1:1", "whoami")).Fails(2, "'--url' stands before the command, and belongs after it: budgetproxy whoami --url ...");
        (await CliProgram.RunAsync("--json", "tenants", "list")).Fails(2, "budgetproxy tenants list --json ...");
        (await CliProgram.RunAsync("tenants", "--nonsense", "list")).Fails(2, "'--nonsense'");
    }

    /// <summary>Of two options of one name the second can never be given.</summary>
    [Fact]
    public async Task No_command_takes_an_option_twice()
    {
        string[] nouns = ["tenants", "keys", "budgets", "plans", "statements", "rates", "invoices", "stripe", "alerts", "admin-keys", "profile"];
        var commands = new List<string[]>(new[] { "usage", "ledger", "audit", "whoami", "top", "doctor", "estimate", "apply", "export" }.Select(name => new[] { name }));
        foreach (var noun in nouns)
            commands.AddRange((await VerbsAsync(noun)).Select(verb => new[] { noun, verb }));
        commands.AddRange((await VerbsAsync("alerts", "webhooks")).Select(verb => new[] { "alerts", "webhooks", verb }));
        Assert.InRange(commands.Count, 40, 100);
        foreach (var command in commands)
        {
            var help = (await CliProgram.RunAsync([.. command, "--help"])).Ok().Lines;
            var options = help.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(word => word.StartsWith("--", StringComparison.Ordinal)) is { } name && line.StartsWith("  -", StringComparison.Ordinal) ? name : null).OfType<string>().ToList();
            Assert.Equal(options.Distinct(), options);
            Assert.Contains("Examples:", help);
        }
    }

    private static async Task<IEnumerable<string>> VerbsAsync(params string[] noun)
    {
        var lines = (await CliProgram.RunAsync([.. noun, "--help"])).Ok().Lines;
        return lines.SkipWhile(line => line != "Commands:").Skip(1).TakeWhile(line => line.StartsWith("  ", StringComparison.Ordinal)).Select(line => line.Trim().Split(' ')[0]).Where(verb => verb != "webhooks");
    }

    [Fact]
    public async Task Every_command_has_help_with_examples()
    {
        foreach (var command in new[] { "tenants list", "keys rotate", "budgets set", "plans set", "usage", "ledger", "statements show", "rates import", "stripe setup", "stripe reconcile", "alerts webhooks set", "audit", "admin-keys create", "whoami", "top", "doctor", "profile set" })
            Assert.Contains($"  budgetproxy {command.Split(' ')[0]}", (await CliProgram.RunAsync([.. command.Split(' '), "--help"])).Ok().Output.Split("Examples:")[1], StringComparison.Ordinal);
        (await CliProgram.RunAsync("tenants", "lst")).Fails(2, "list");
    }

    private static async Task<string> AnswerAsync(TcpListener listener, string status, string body, string headers = "")
    {
        using var connection = await listener.AcceptTcpClientAsync();
        var buffer = new byte[64 * 1024];
        var seen = "";
        do
            seen += Encoding.UTF8.GetString(buffer, 0, await connection.GetStream().ReadAsync(buffer));
        while (!seen.Contains("\r\n\r\n", StringComparison.Ordinal) || (seen.StartsWith("PUT", StringComparison.Ordinal) && !seen.EndsWith('}')));
        await connection.GetStream().WriteAsync(Encoding.UTF8.GetBytes(
            $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}"));
        return seen;
    }
}
