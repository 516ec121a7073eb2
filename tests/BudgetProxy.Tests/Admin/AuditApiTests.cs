using System.Net;
using System.Text.Json;
using BudgetProxy.Audit;
using BudgetProxy.Embedded;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Tenants;

namespace BudgetProxy.Tests.Admin;

/// <summary>Who changed what, from what to what.</summary>
public sealed class AuditApiTests
{
    [Fact]
    public async Task Every_change_is_kept_with_who_made_it_and_what_was_before_and_after()
    {
        await using var host = await AdminHost.StartAsync();
        var made = (await host.PostAsync("/admin-keys", """{"name":"ops","role":"admin"}""")).Json;
        var ops = made.GetProperty("key").GetString()!;
        await host.PutAsync("/plans/pro", """{"maxCallUsd":"1"}""", ops);
        await host.PutAsync("/tenants/acme", """{"name":"Acme","plan":"pro"}""", ops);
        await host.PutAsync("/tenants/acme", """{"name":"Acme Ltd"}""", ops);
        await host.PutAsync("/tenants/acme/budgets/b", """{"limit":{"usd":"1"},"window":"day"}""", ops);
        await host.PutAsync("/tenants/acme/budgets/b", """{"limit":{"usd":"2"},"window":"day"}""", ops);
        var key = (await host.PostAsync("/tenants/acme/keys", """{"name":"k"}""", ops)).Json;
        var id = key.GetProperty("id").GetString();
        await host.PostAsync($"/tenants/acme/keys/{id}/rotate", "{}", ops);
        await host.DeleteAsync($"/tenants/acme/keys/{id}", ops);
        await host.DeleteAsync("/tenants/acme/budgets/b", ops);
        await host.PutAsync("/rates/openai/gpt-4o-mini", """{"usdPerMillion":{"standard":{"input":"1","output":"2"}}}""", ops);
        await host.DeleteAsync("/tenants/acme", ops);
        await host.DeleteAsync("/plans/pro", ops);
        await host.DeleteAsync($"/admin-keys/{made.GetProperty("id").GetString()}");

        var all = (await host.GetAsync("/audit")).Is(HttpStatusCode.OK);
        var items = all.Json.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(
            [
                "adminkey.delete", "plan.delete", "tenant.delete", "rate.add", "budget.delete", "key.revoke", "key.issue", "key.rotate", "key.issue", "budget.put",
                "budget.put", "tenant.put", "tenant.put", "plan.put", "adminkey.issue",
            ],
            items.Select(Action));
        Assert.Equal("configured", items[0].GetProperty("by").GetProperty("id").GetString());
        Assert.All(items[1..^1], item => Assert.Equal((made.GetProperty("id").GetString(), "ops"), By(item)));
        var second = items.Single(item => Action(item) == "budget.put" && item.GetProperty("before").ValueKind == JsonValueKind.Object);
        Assert.Equal(("acme/b", "acme"), (second.GetProperty("target").GetString(), second.GetProperty("tenant").GetString()));
        Assert.Equal(("1.00", "2.00"), (Limit(second, "before"), Limit(second, "after")));
        Assert.Equal(JsonValueKind.Null, items.Single(item => Action(item) == "budget.delete").GetProperty("after").ValueKind);
        foreach (var secret in new[] { ops, key.GetProperty("key").GetString()! })
            Assert.DoesNotContain(secret[..20], all.Body, StringComparison.Ordinal);

        static string? Limit(JsonElement item, string side) => item.GetProperty(side).GetProperty("limit").GetProperty("usd").GetString();
    }

    [Fact]
    public async Task It_pages_and_filters()
    {
        await using var host = await AdminHost.StartAsync();
        for (var i = 0; i < 5; i++)
            await host.PutAsync($"/tenants/t{i}", "{}");
        await host.PutAsync("/tenants/t1/budgets/b", """{"limit":{"usd":"1"},"window":"day"}""");
        Assert.Equal(["t1/b", "t1"], await TargetsAsync("?tenant=t1"));
        Assert.Equal(["t1/b"], await TargetsAsync("?action=budget.put"));
        Assert.Equal(6, (await TargetsAsync("?by=configured")).Count);
        Assert.Empty(await TargetsAsync("?by=nobody"));
        Assert.Empty(await TargetsAsync("?to=2020-01-01"));
        Assert.Equal(6, (await TargetsAsync("?from=2020-01-01")).Count);
        var seen = new List<string>();
        var after = "";
        do
        {
            var page = (await host.GetAsync($"/audit?limit=4{after}")).Json;
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("target").GetString()!));
            after = page.GetProperty("next").GetString() is { } next ? "&after=" + next : null;
        }
        while (after is not null);

        Assert.Equal(["t1/b", "t4", "t3", "t2", "t1", "t0"], seen);
        Assert.Contains("next", (await host.GetAsync("/audit?after=x")).ErrorOf("after"), StringComparison.Ordinal);
        (await host.GetAsync("/audit?from=2020-01-02&to=2020-01-01")).ErrorOf("to");
        (await host.GetAsync("/audit?who=me")).ErrorOf("who");

        async Task<List<string?>> TargetsAsync(string query) =>
            [.. (await host.GetAsync("/audit" + query)).Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("target").GetString())];
    }

    [Fact]
    public async Task What_changed_nothing_and_what_was_refused_leave_no_entry()
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/tenants/acme", """{"name":"A"}""");
        await host.PutAsync("/tenants/acme", """{"name":"A"}""");
        await host.PutAsync("/tenants/acme", """{"plan":"none"}""");
        await host.DeleteAsync("/tenants/other");
        await host.DeleteAsync("/admin-keys/configured");
        Assert.Single((await host.GetAsync("/audit")).Json.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_change_that_could_not_be_stored_leaves_no_entry()
    {
        FailingDirectoryStore? failing = null;
        await using var host = await AdminHost.StartAsync(faults: store => failing = new FailingDirectoryStore(store));
        await host.PutAsync("/tenants/acme", "{}");
        failing!.Failing = true;
        (await host.PutAsync("/tenants/acme", """{"name":"B"}""")).Is(HttpStatusCode.ServiceUnavailable);
        Assert.Single((await host.GetAsync("/audit")).Json.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_definition_that_is_too_long_is_replaced_and_the_entry_stays()
    {
        using var folder = new TempFolder();
        using var database = new EmbeddedDatabase(folder.Path);
        var trail = new AuditTrail(new SqliteAuditStore(database), TimeProvider.System);
        var text = $"\"{new string('x', AuditEntry.MaxDefinitionChars)}\"";
        await trail.AppendAsync(AuditActor.DirectoryFile, AuditActions.ApplyDirectory, "directory", (null, null, text), CancellationToken.None);
        var entry = Assert.Single(await trail.ReadAsync(new AuditFilter(null, null, null, null, null, null), 10, CancellationToken.None));
        Assert.Equal(("directory-file", $$"""{"tooLong":{{text.Length}}}"""), (entry.By.Id, entry.After));
    }

    private static string Action(JsonElement item) => item.GetProperty("action").GetString()!;

    private static (string?, string?) By(JsonElement item) => (item.GetProperty("by").GetProperty("id").GetString(), item.GetProperty("by").GetProperty("name").GetString());
}
