using System.Text.Json;

namespace BudgetProxy.Tests.Cli;

/// <summary>Tenants, keys and budgets by the built program before a running proxy.</summary>
public sealed class TenantCommandTests
{
    [Fact]
    public async Task A_tenant_is_made_changed_in_what_is_named_and_deleted()
    {
        await using var cli = await CliProxy.StartAsync();
        Assert.StartsWith("There are no tenants yet.", (await cli.RunAsync("tenants", "list")).Ok().Output, StringComparison.Ordinal);
        var made = (await cli.RunAsync("tenants", "set", "acme", "--name", "Acme Ltd", "--markup", "20", "--timezone", "Europe/Berlin")).Ok();
        Assert.Equal("Tenant acme is made.", made.Lines[0]);
        Assert.StartsWith("Next: budgetproxy budgets set acme monthly", made.Lines[1], StringComparison.Ordinal);

        var changed = (await cli.RunAsync("tenants", "set", "acme", "--max-call", "$0.5", "--allowed-models", "gpt-4o*, claude-*")).Ok();
        Assert.Equal("""Tenant acme is changed: allowedModels: [] -> ["gpt-4o*","claude-*"]; maxCallUsd: - -> 0.50.""", changed.Output.TrimEnd());
        Assert.Equal("Tenant acme was so already.", (await cli.RunAsync("tenants", "set", "acme", "--max-call", "0.500")).Ok().Output.TrimEnd());
        (await cli.RunAsync("tenants", "set", "acme", "--new", "--name", "x")).Fails(5, "There is one of this name already");
        Assert.Equal("Tenant acme is changed: name: Acme Ltd -> -.", (await cli.RunAsync("tenants", "set", "acme", "--name", "")).Ok().Output.TrimEnd());

        var tenant = (await cli.RunAsync("tenants", "show", "acme", "--json")).Ok().Json;
        Assert.Equal("Europe/Berlin", tenant.GetProperty("timezone").GetString());
        Assert.Equal(20, tenant.GetProperty("markupPercent").GetDecimal());
        Assert.Equal("0.50", tenant.GetProperty("maxCallUsd").GetString());
        Assert.Equal(JsonValueKind.Null, tenant.GetProperty("name").ValueKind);

        Assert.Equal("Tenant acme is suspended: its calls are refused.", (await cli.RunAsync("tenants", "suspend", "acme")).Ok().Output.TrimEnd());
        Assert.Contains(" suspended", (await cli.RunAsync("tenants", "list")).Ok().Lines[2], StringComparison.Ordinal);
        Assert.Equal("Tenant acme is suspended: its calls are refused, as it was before.", (await cli.RunAsync("tenants", "suspend", "acme")).Ok().Output.TrimEnd());
        Assert.Equal("Tenant acme is active.", (await cli.RunAsync("tenants", "resume", "acme")).Ok().Output.TrimEnd());
        (await cli.RunAsync("tenants", "suspend", "nobody")).Fails(3, "There is no such tenant.");
        (await cli.RunAsync("tenants", "show", "nobody")).Fails(3, "There is no such tenant.");

        (await cli.RunAsync("tenants", "delete", "acme")).Fails(2, "There is nobody to ask here: --yes does it.");
        Assert.Equal("Tenant acme is deleted.", (await cli.RunAsync("tenants", "delete", "acme", "--yes")).Ok().Output.TrimEnd());
        (await cli.RunAsync("tenants", "delete", "acme", "--yes")).Fails(3, "There is no such tenant.");
    }

    [Fact]
    public async Task A_tenant_with_a_balance_is_deleted_only_with_it()
    {
        await using var cli = await CliProxy.StartAsync();
        (await cli.RunAsync("plans", "set", "paid", "--billing", "prepaid", "--budget", "credit=0chargedUsd/lifetime")).Ok();
        (await cli.RunAsync("tenants", "set", "acme", "--plan", "paid")).Ok();
        (await cli.RunAsync("budgets", "topup", "acme", "credit", "20")).Ok();
        var refused = await cli.RunAsync("tenants", "delete", "acme", "--yes");
        refused.Fails(5, "a prepaid balance of 20.00 USD");
        refused.Fails(5, "`budgetproxy budgets topup acme credit -20.00`");
        refused.Fails(5, "`budgetproxy tenants delete acme --discard-balance 20.00`");
        (await cli.RunAsync("tenants", "delete", "acme", "--discard-balance", "19", "--yes")).Fails(5, "a prepaid balance of 20.00 USD");
        (await cli.RunAsync("budgets", "topup", "acme", "credit", "-19.00")).Ok();
        Assert.Equal("Tenant acme is deleted.", (await cli.RunAsync("tenants", "delete", "acme", "--discard-balance", "1.00", "--yes")).Ok().Output.TrimEnd());
    }

    [Fact]
    public async Task What_the_proxy_refuses_is_told_by_the_option_that_set_it()
    {
        await using var cli = await CliProxy.StartAsync();
        var wrong = await cli.RunAsync("tenants", "set", "acme", "--markup", "5000", "--timezone", "Nowhere", "--max-call", "much");
        wrong.Fails(2, "--markup: Must be from 0 to 1000");
        wrong.Fails(2, "--timezone: Must be an IANA time zone");
        wrong.Fails(2, "--max-call: Must be a decimal amount of USD");
        (await cli.RunAsync("tenants", "set", "no such id")).Fails(2, "<tenant>: ");
        (await cli.RunAsync("tenants", "set", "acme", "--markup", "a lot")).Fails(2, "--markup: 'a lot' is not a number.");
        (await cli.RunAsync("tenants", "set", "acme", "--nmae", "x")).Fails(2, "'--nmae' was not matched");
        (await cli.RunAsync("tenants", "delete", "..", "--yes")).Fails(2, "'..' is no name.");
        (await cli.RunAsync("tenants", "delete", "", "--yes")).Fails(2, "A name must not be empty.");
        await cli.RunAsync("tenants", "set", "acme");
        (await cli.RunAsync("budgets", "set", "acme", "b", "--usd", "1", "--window", "fortnight")).Fails(2, "--window: Must be minute, hour");
        (await cli.RunAsync("budgets", "set", "acme", "b", "--usd", "many", "--window", "day")).Fails(2, "--usd: Must be a decimal amount");
        (await cli.RunAsync("budgets", "set", "acme", "b", "--usd", "1", "--window", "day", "--match", "colour=red")).Fails(2, "--match: Can't be matched");
        (await cli.RunAsync("budgets", "set", "acme", "b", "--usd", "1", "--requests", "1", "--window", "day")).Fails(2, "--usd, --requests: a budget has one limit.");
        (await cli.RunAsync("budgets", "set", "acme", "b", "--usd", "1")).Fails(2, "a new one needs a --window");
        (await cli.RunAsync("keys", "create", "acme", "--name", "x", "--expires", "soon")).Fails(2, "--expires: 'soon' is not a date");
        (await cli.RunAsync("keys", "create", "acme")).Fails(2, "Option '--name' is required");
        (await cli.RunAsync("budgets", "show", "acme", "none")).Fails(3, "no such budget");
    }

    [Fact]
    public async Task Budgets_show_what_is_spent_and_left_and_change_only_in_what_is_named()
    {
        await using var cli = await CliProxy.StartAsync();
        var key = await cli.Proxy.CreateTenantAsync("acme");
        Assert.StartsWith("This tenant has no budgets.", (await cli.RunAsync("budgets", "list", "acme")).Ok().Output, StringComparison.Ordinal);
        var made = (await cli.RunAsync("budgets", "set", "acme", "monthly", "--usd", "1000", "--window", "lifetime", "--alert-at", "0.5,0.8", "--match", "model=gpt*")).Ok();
        Assert.Equal("Budget monthly of tenant acme is made.", made.Lines[0]);
        await cli.RunAsync("budgets", "set", "acme", "per-user", "--requests", "10k", "--window", "lifetime", "--per", "user", "--mode", "shadow");
        await cli.CallAsync(key, "acme", "alice");
        await cli.CallAsync(key, "acme", "bob", booked: 2);

        var list = (await cli.RunAsync("budgets", "list", "acme")).Ok();
        Assert.Matches(@"^Budget +Window +Limit +Spent +Held +Remaining +Share +Resets \(UTC\) +Notes$", list.Lines[0]);
        Assert.Matches(@"^monthly +lifetime +\$1,000\.00 +\$0\.0000\d\d +\$0\.00 +\$1,000\.00 +0 % +never +model=gpt\*$", list.Lines[2]);
        Assert.Matches(@"^per-user +lifetime +10,000 +per user, shadow; 2 counters$", list.Lines[3]);
        Assert.Matches(@"^  (alice|bob) +10,000 +1 +0 +9,999 +0 % +never$", list.Lines[4]);
        Assert.DoesNotContain('█', list.Output);

        Assert.Equal("""Budget monthly of tenant acme is changed: limit: {"usd":"1000.00"} -> {"usd":"80.00"}.""", (await cli.RunAsync("budgets", "set", "acme", "monthly", "--usd", "80")).Ok().Lines[0]);
        var budget = (await cli.RunAsync("budgets", "show", "acme", "monthly", "--json")).Ok().Json;
        Assert.Equal("80.00", budget.GetProperty("limit").GetProperty("usd").GetString());
        Assert.Equal("gpt*", budget.GetProperty("match").GetProperty("model").GetString());
        Assert.Equal(2, budget.GetProperty("alertAt").GetArrayLength());

        Assert.Contains("topped up by $20.00", (await cli.RunAsync("budgets", "topup", "acme", "monthly", "20")).Ok().Output, StringComparison.Ordinal);
        (await cli.RunAsync("budgets", "topup", "acme", "monthly", "lots")).Fails(2, "<usd>: ");
        (await cli.RunAsync("budgets", "reset", "acme", "monthly")).Fails(2, "--yes does it");
        Assert.Equal("0.00", (await cli.RunAsync("budgets", "reset", "acme", "monthly", "--yes", "--json")).Ok().Json.GetProperty("spent").GetString());
        Assert.Equal("Budget monthly of tenant acme is deleted.", (await cli.RunAsync("budgets", "delete", "acme", "monthly", "--yes")).Ok().Output.TrimEnd());
        (await cli.RunAsync("budgets", "delete", "acme", "monthly", "--yes")).Fails(3, "no such budget");
    }

    [Fact]
    public async Task A_key_is_shown_once_alone_for_scripts_and_ends_when_it_is_revoked()
    {
        await using var cli = await CliProxy.StartAsync();
        await cli.RunAsync("tenants", "set", "acme");
        var key = (await cli.RunAsync("keys", "create", "acme", "--name", "ci", "--user", "bot", "--expires", "90d", "--quiet")).Ok().Output;
        Assert.Matches(@"^bp_[A-Za-z0-9]{40,}\n$", key);
        await cli.CallAsync(key.Trim(), "acme");
        var made = (await cli.RunAsync("keys", "create", "acme", "--name", "main")).Ok();
        Assert.Matches("^Key +bp_", made.Lines[0]);
        Assert.Equal("The key is shown this once: keep it now.", made.Lines[^1]);

        var list = (await cli.RunAsync("keys", "list", "acme")).Ok();
        Assert.DoesNotContain(key.Trim(), list.Output, StringComparison.Ordinal);
        Assert.Equal(4, list.Lines.Length);
        var keys = (await cli.RunAsync("keys", "list", "acme", "--json")).Ok().Json.GetProperty("items");
        var id = keys[0].GetProperty("id").GetString()!;
        Assert.Equal("Key " + id + " of tenant acme is revoked.", (await cli.RunAsync("keys", "revoke", "acme", id, "--yes")).Ok().Output.TrimEnd());
        (await cli.RunAsync("keys", "revoke", "acme", id, "--yes")).Fails(3, "no such key");
        Assert.Contains(" revoked", (await cli.RunAsync("keys", "list", "acme", "--revoked")).Ok().Output, StringComparison.Ordinal);
        Assert.Equal(3, (await cli.RunAsync("keys", "list", "acme")).Ok().Lines.Length);
    }

    [Fact]
    public async Task Long_lists_come_page_by_page_and_can_be_gone_on_with()
    {
        await using var cli = await CliProxy.StartAsync();
        for (var i = 0; i < 12; i++)
            await cli.Proxy.SendAsync(HttpMethod.Put, $"tenants/t{i:00}", "{}");
        var first = (await cli.RunAsync("tenants", "list", "--limit", "5", "--json")).Ok().Json;
        Assert.Equal(["t00", "t01", "t02", "t03", "t04"], first.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()));
        var rest = (await cli.RunAsync("tenants", "list", "--after", first.GetProperty("next").GetString()!, "--json")).Ok().Json;
        Assert.Equal(7, rest.GetProperty("items").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, rest.GetProperty("next").ValueKind);
        Assert.StartsWith("There are more: --limit, or --after ", (await cli.RunAsync("tenants", "list", "--limit", "5")).Ok().Lines[^1], StringComparison.Ordinal);
        (await cli.RunAsync("tenants", "list", "--limit", "0")).Fails(2, "--limit: Must be 1 or more.");
    }
}
