using System.Net;
using System.Text.Json;
using BudgetProxy.Tests.Admin;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Tenants;

namespace BudgetProxy.Tests.DirectoryFile;

/// <summary><c>/admin/v1/directory</c> over a real socket and a real SQLite file.</summary>
public sealed class DirectoryApiTests
{
    private const string Hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    private const string File =
        """
        tenants:
          acme:
            name: Acme
            budgets:
              monthly: { limit: { usd: 5 }, window: month }
            keys:
              main: { sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08, user: ann }
        """;

    [Fact]
    public async Task A_file_is_planned_then_applied_then_has_nothing_to_do()
    {
        await using var host = await AdminHost.StartAsync();
        var plan = await SendAsync(host, File);
        Assert.Equal(
            """
            {"changes":[{"action":"create","kind":"tenant","target":"acme","fields":[{"name":"name","from":null,"to":"Acme"}]},{"action":"create","kind":"budget","target":"acme/monthly","fields":[{"name":"limit","from":null,"to":{"usd":"5.00"}},{"name":"window","from":null,"to":"month"}]},{"action":"create","kind":"key","target":"acme/main","fields":[{"name":"name","from":null,"to":"main"},{"name":"user","from":null,"to":"ann"}]}],"errors":[],"warnings":[],"applied":false}
            """,
            plan.Is(HttpStatusCode.OK).Body);
        Assert.Empty(host.Directory.Current.Tenants);

        var applied = (await SendAsync(host, File, "?apply=true")).Is(HttpStatusCode.OK).Json;
        Assert.True(applied.GetProperty("applied").GetBoolean());
        Assert.Equal(plan.Json.GetProperty("changes").GetRawText(), applied.GetProperty("changes").GetRawText());
        var tenant = host.Directory.Current.FindTenant("acme")!;
        Assert.Equal(("Acme", 5_000_000_000), (tenant.Name, Assert.Single(tenant.Budgets).Limit));
        Assert.True(host.Directory.Current.TryFind(Convert.FromHexString(Hash), out var key, out _));
        Assert.Equal(("main", "ann", ""), (key.Name, key.User, key.Prefix));
        Assert.StartsWith("key_", key.Id, StringComparison.Ordinal);

        var again = (await SendAsync(host, File, "?apply=true&prune=true")).Is(HttpStatusCode.OK);
        Assert.Equal("""{"changes":[],"errors":[],"warnings":[],"applied":true}""", again.Body);
    }

    [Fact]
    public async Task Top_ups_and_resets_outlive_a_file_and_go_with_their_budget()
    {
        await using var host = await AdminHost.StartAsync();
        await SendAsync(host, File, "?apply=true");
        (await host.PostAsync("/tenants/acme/budgets/monthly/reset", "{}")).Is(HttpStatusCode.OK);
        (await host.PostAsync("/tenants/acme/budgets/monthly/topup", """{"usd":"20"}""")).Is(HttpStatusCode.OK);
        var before = host.Directory.Current.FindBudget("acme", "monthly")!;

        (await SendAsync(host, File.Replace("name: Acme", "name: Other", StringComparison.Ordinal), "?apply=true")).Is(HttpStatusCode.OK);
        var budget = host.Directory.Current.FindBudget("acme", "monthly")!;
        Assert.Equal((before.Shape, 2), (budget.Shape, budget.Acts.All.Count));
        Assert.Equal("25.00", (await host.GetAsync("/tenants/acme/budgets/monthly")).Json.GetProperty("remaining").GetString());

        (await SendAsync(host, "tenants: { acme: {} }", "?apply=true&prune=true")).Is(HttpStatusCode.OK);
        (await SendAsync(host, File, "?apply=true")).Is(HttpStatusCode.OK);
        Assert.Equal("5.00", (await host.GetAsync("/tenants/acme/budgets/monthly")).Json.GetProperty("remaining").GetString());
    }

    [Fact]
    public async Task Acts_of_a_plans_budget_go_with_the_plan_that_a_file_takes_away()
    {
        using var folder = new TempFolder();
        const string Plans =
            """
            plans:
              a: { budgets: { monthly: { limit: { usd: 5 }, window: month } } }
              b: { budgets: { daily: { limit: { usd: 1 }, window: day } } }
            tenants: { acme: { plan: PLAN } }
            """;
        await using (var host = await AdminHost.StartAsync(folder.Path))
        {
            (await SendAsync(host, Plans.Replace("PLAN", "a", StringComparison.Ordinal), "?apply=true")).Is(HttpStatusCode.OK);
            (await host.PostAsync("/tenants/acme/budgets/monthly/topup", """{"usd":"20"}""")).Is(HttpStatusCode.OK);
            foreach (var plan in (string[])["b", "a"])
                (await SendAsync(host, Plans.Replace("PLAN", plan, StringComparison.Ordinal), "?apply=true")).Is(HttpStatusCode.OK);
        }

        await using var again = await AdminHost.StartAsync(folder.Path);
        Assert.Equal("5.00", (await again.GetAsync("/tenants/acme/budgets/monthly")).Json.GetProperty("remaining").GetString());
    }

    [Fact]
    public async Task What_differs_is_told_field_by_field_and_the_rest_stays()
    {
        await using var host = await AdminHost.StartAsync();
        await SendAsync(host, File, "?apply=true");
        await host.PutAsync("/tenants/other", "{}");
        await host.PutAsync("/tenants/acme/budgets/extra", """{"limit":{"requests":3},"window":"day"}""");
        await host.PostAsync("/tenants/acme/keys", """{"name":"extra"}""");
        const string Changed =
            """
            tenants:
              acme:
                suspended: true
                budgets:
                  monthly: { limit: { usd: "10" }, window: month, alertAt: [0.5] }
                keys:
                  main: { sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 }
            """;
        var plan = (await SendAsync(host, Changed, "?apply=true")).Is(HttpStatusCode.OK).Json;
        Assert.Equal(
            ["change tenant acme name \"Acme\"→null suspended false→true", "change budget acme/monthly limit {\"usd\":\"5.00\"}→{\"usd\":\"10.00\"} alertAt []→[0.5]", "change key acme/main user \"ann\"→null"],
            Lines(plan));
        Assert.Equal(["monthly", "extra"], host.Directory.Current.FindTenant("acme")!.Budgets.Select(budget => budget.Name));
        Assert.NotNull(host.Directory.Current.FindTenant("other"));

        var pruned = (await SendAsync(host, Changed, "?apply=true&prune=true")).Is(HttpStatusCode.OK).Json;
        Assert.Equal(["delete budget acme/extra", "delete key acme/extra", "delete tenant other"], Lines(pruned));
        Assert.Equal(["monthly"], host.Directory.Current.FindTenant("acme")!.Budgets.Select(budget => budget.Name));
        Assert.Null(host.Directory.Current.FindTenant("other"));
        Assert.Equal([("extra", true), ("main", false)], host.Directory.Current.KeysOf("acme").Select(key => (key.Name, key.Revoked)).Order());
    }

    [Fact]
    public async Task A_file_with_an_error_changes_nothing_and_tells_all_of_them()
    {
        await using var host = await AdminHost.StartAsync();
        var answer = (await SendAsync(host, File + "\n  Bad: { nme: x }\n", "?apply=true")).Is(HttpStatusCode.BadRequest).Json;
        var errors = answer.GetProperty("errors").EnumerateArray().ToList();
        Assert.Equal([(8, 3, "tenants.Bad"), (8, 10, "tenants.Bad.nme")], errors.Select(error => (error.GetProperty("line").GetInt32(), error.GetProperty("column").GetInt32(), error.GetProperty("path").GetString()!)));
        Assert.Equal("The file has 2 errors; nothing was changed.", answer.GetProperty("title").GetString());
        Assert.False(answer.GetProperty("applied").GetBoolean());
        Assert.Empty(answer.GetProperty("changes").EnumerateArray());
        Assert.Empty(host.Directory.Current.Tenants);
    }

    [Fact]
    public async Task What_only_the_directory_as_a_whole_shows_is_an_error_too()
    {
        await using var host = await AdminHost.StartAsync();
        await SendAsync(host, File, "?apply=true");
        var stolen = await SendAsync(host, $"tenants: {{ thief: {{ keys: {{ k: {{ sha256: {Hash} }} }} }} }}", "?apply=true");
        Assert.Contains("The tenant 'acme' has this key.", stolen.Is(HttpStatusCode.BadRequest).Body, StringComparison.Ordinal);
        Assert.Null(host.Directory.Current.FindTenant("thief"));

        for (var i = 0; i < 50; i++)
            await host.PutAsync($"/tenants/acme/budgets/b{i}", """{"limit":{"usd":"1"},"window":"lifetime"}""");
        var many = $"tenants: {{ acme: {{ budgets: {{ {string.Join(", ", Enumerable.Range(0, 50).Select(i => $"c{i}: {{ limit: {{ usd: 1 }}, window: day }}"))} }} }} }}";
        Assert.Contains("would have 101 budgets", (await SendAsync(host, many, "?apply=true")).Is(HttpStatusCode.BadRequest).Body, StringComparison.Ordinal);
        Assert.Equal(51, host.Directory.Current.FindTenant("acme")!.Budgets.Count);
        (await SendAsync(host, many, "?apply=true&prune=true")).Is(HttpStatusCode.OK);
        Assert.Equal(50, host.Directory.Current.FindTenant("acme")!.Budgets.Count);
    }

    [Fact]
    public async Task A_revoked_key_stays_revoked_with_a_warning()
    {
        await using var host = await AdminHost.StartAsync();
        await SendAsync(host, File, "?apply=true");
        var id = host.Directory.Current.KeysOf("acme").Single().Id;
        Assert.Equal(HttpStatusCode.NoContent, (await host.DeleteAsync($"/tenants/acme/keys/{id}")).Status);
        var answer = (await SendAsync(host, File, "?apply=true")).Is(HttpStatusCode.OK).Json;
        Assert.Empty(answer.GetProperty("changes").EnumerateArray());
        Assert.Equal("tenants.acme.keys.main", Assert.Single(answer.GetProperty("warnings").EnumerateArray()).GetProperty("path").GetString());
        Assert.True(host.Directory.Current.KeysOf("acme").Single().Revoked);
    }

    [Fact]
    public async Task Every_change_is_in_the_audit_trail_with_who_made_it()
    {
        await using var host = await AdminHost.StartAsync();
        await SendAsync(host, File, "?apply=true");
        await SendAsync(host, File.Replace("usd: 5", "usd: 6", StringComparison.Ordinal), "?apply=true");
        await SendAsync(host, File.Replace("usd: 5", "usd: 7", StringComparison.Ordinal));
        var entries = (await host.GetAsync("/audit")).Is(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray()
            .Where(entry => entry.GetProperty("by").GetProperty("id").GetString() == "configured").ToList();
        Assert.Equal(
            ["directory.apply", "budget.put", "directory.apply", "key.issue", "budget.put", "tenant.put"], entries.Select(entry => entry.GetProperty("action").GetString()));
        Assert.Equal("acme/monthly", entries[1].GetProperty("target").GetString());
        Assert.Equal("5.00", entries[1].GetProperty("before").GetProperty("limit").GetProperty("usd").GetString());
        Assert.Equal("6.00", entries[1].GetProperty("after").GetProperty("limit").GetProperty("usd").GetString());
        Assert.Equal((0, 1, 0), (Count(entries[0], "created"), Count(entries[0], "changed"), Count(entries[0], "deleted")));
        Assert.DoesNotContain(entries, entry => entry.GetRawText().Contains(Hash, StringComparison.Ordinal));

        static int Count(JsonElement entry, string name) => entry.GetProperty("after").GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task The_readmes_example_is_applied_whole_and_its_export_changes_nothing()
    {
        await using var host = await AdminHost.StartAsync();
        (await SendAsync(host, ReadmeExample.Yaml, "?apply=true")).Is(HttpStatusCode.OK);
        var export = (await host.GetAsync("/directory")).Is(HttpStatusCode.OK);
        Assert.Equal("application/yaml", export.ContentType);
        foreach (var text in new[] { "acme:", "globex: {}", "\"each user\":", "\"tag:env\": prod", "usd: \"250.00\"", "markupPercent: 15", "expiresAt: \"2027-06-30T00:00:00.000Z\"", "prefix: bp_AbCdEfGh", "plan: pro" })
            Assert.Contains(text, export.Body, StringComparison.Ordinal);
        foreach (var query in new[] { "", "?prune=true" })
            Assert.Empty((await SendAsync(host, export.Body, query)).Is(HttpStatusCode.OK).Json.GetProperty("changes").EnumerateArray());
        foreach (var query in new[] { "", "?prune=true" })
            Assert.Empty((await SendAsync(host, ReadmeExample.Yaml, query)).Is(HttpStatusCode.OK).Json.GetProperty("changes").EnumerateArray());

        // To another proxy, it is all there is to know.
        await using var other = await AdminHost.StartAsync();
        (await SendAsync(other, export.Body, "?apply=true")).Is(HttpStatusCode.OK);
        Assert.Equal(export.Body, (await other.GetAsync("/directory")).Body);
    }

    [Fact]
    public async Task Planning_is_for_every_role_and_applying_and_export_for_admins()
    {
        await using var host = await AdminHost.StartAsync();
        foreach (var role in new[] { "viewer", "finance" })
        {
            var key = (await host.PostAsync("/admin-keys", $$"""{"name":"k","role":"{{role}}"}""")).Json.GetProperty("key").GetString();
            (await SendAsync(host, File, "", key)).Is(HttpStatusCode.OK);
            (await SendAsync(host, File, "?apply=true", key)).Is(HttpStatusCode.Forbidden);
            (await host.GetAsync("/directory", key)).Is(HttpStatusCode.Forbidden);
            (await host.GetAsync("/directory/schema", key)).Is(HttpStatusCode.OK);
        }

        Assert.Empty(host.Directory.Current.Tenants);
        (await SendAsync(host, File, "?apply=true", "wrong")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task What_is_no_file_is_refused()
    {
        await using var host = await AdminHost.StartAsync();
        (await host.SendAsync("POST", "/directory", File, AdminHost.AdminKey, "application/octet-stream")).Is(HttpStatusCode.UnsupportedMediaType);
        (await host.SendAsync("POST", "/directory", File, AdminHost.AdminKey, "")).Is(HttpStatusCode.UnsupportedMediaType);
        (await host.SendAsync("POST", "/directory", File, AdminHost.AdminKey, "application/yaml; charset=utf-16")).Is(HttpStatusCode.UnsupportedMediaType);
        (await SendAsync(host, File, "?aply=true")).ErrorOf("aply");
        (await SendAsync(host, "")).Is(HttpStatusCode.BadRequest);
        (await host.SendAsync("POST", "/directory", """{"tenants":{"acme":{"name":"JSON is YAML"}}}""", AdminHost.AdminKey, "application/json; charset=utf-8")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_change_that_can_not_be_stored_changes_nothing()
    {
        FailingDirectoryStore? store = null;
        await using var host = await AdminHost.StartAsync(faults: inner => store = new FailingDirectoryStore(inner));
        await SendAsync(host, File, "?apply=true");
        var before = (await host.GetAsync("/directory")).Body;
        store!.Failing = true;
        (await SendAsync(host, "tenants: { other: {} }", "?apply=true&prune=true")).Is(HttpStatusCode.ServiceUnavailable);
        store.Failing = false;
        Assert.Equal(before, (await host.GetAsync("/directory")).Body);
        Assert.True(host.Directory.Current.TryFind(Convert.FromHexString(Hash), out _, out _));
        (await SendAsync(host, "tenants: { other: {} }", "?apply=true&prune=true")).Is(HttpStatusCode.OK);
        Assert.False(host.Directory.Current.TryFind(Convert.FromHexString(Hash), out _, out _));
    }

    [Fact]
    public async Task Zones_of_tenants_move_the_budgets_that_set_none()
    {
        await using var host = await AdminHost.StartAsync();
        await SendAsync(host, File, "?apply=true");
        await host.PutAsync("/tenants/acme/budgets/extra", """{"limit":{"requests":3},"window":"day"}""");
        await SendAsync(host, File.Replace("name: Acme", "timezone: Asia/Tokyo", StringComparison.Ordinal), "?apply=true");
        Assert.Equal(["Asia/Tokyo", "Asia/Tokyo"], host.Directory.Current.FindTenant("acme")!.Budgets.Select(budget => budget.Window.TimeZone.Id));
    }

    private static Task<AdminHost.Answer> SendAsync(AdminHost host, string yaml, string query = "", string? key = AdminHost.AdminKey) =>
        host.SendAsync("POST", "/directory" + query, yaml, key, "application/yaml");

    private static List<string> Lines(JsonElement plan) =>
    [
        .. plan.GetProperty("changes").EnumerateArray().Select(change =>
            $"{change.GetProperty("action").GetString()} {change.GetProperty("kind").GetString()} {change.GetProperty("target").GetString()}"
            + string.Concat(change.GetProperty("fields").EnumerateArray().Select(field =>
                $" {field.GetProperty("name").GetString()} {field.GetProperty("from").GetRawText()}→{field.GetProperty("to").GetRawText()}"))),
    ];
}
