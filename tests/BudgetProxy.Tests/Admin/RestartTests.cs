using System.Net;
using System.Text;

namespace BudgetProxy.Tests.Admin;

public sealed class RestartTests
{
    private static readonly string[] Lists =
        ["/tenants", "/tenants/acme/keys?revoked=true", "/tenants/acme/budgets", "/tenants/zeta/budgets", "/admin-keys"];

    [Fact]
    public async Task A_restart_keeps_everything_and_the_order_of_budgets()
    {
        using var data = new DataFolder();
        var before = new List<string>();
        string? firstKey;
        await using (var host = await AdminHost.StartAsync(data.Path, configuredKey: null))
        {
            firstKey = host.FirstKey!.Value.Text;
            await FillAsync(host, firstKey);
            foreach (var list in Lists)
                before.Add((await host.GetAsync(list, firstKey)).Is(HttpStatusCode.OK).Body);
        }

        await using var again = await AdminHost.StartAsync(data.Path, configuredKey: null);
        Assert.Null(again.FirstKey);
        for (var i = 0; i < Lists.Length; i++)
            Assert.Equal(before[i], (await again.GetAsync(Lists[i], firstKey)).Is(HttpStatusCode.OK).Body);
        Assert.Equal(["zz", "aa", "mm"], again.Directory.Current.FindTenant("acme")!.Budgets.Select(budget => budget.Name));
        Assert.Equal("Europe/Berlin", again.Directory.Current.FindBudget("acme", "aa")!.Window.TimeZone.Id);
    }

    [Fact]
    public async Task No_key_stands_in_any_file()
    {
        using var data = new DataFolder();
        var secrets = new List<string>();
        await using (var host = await AdminHost.StartAsync(data.Path, configuredKey: null))
        {
            secrets.Add(host.FirstKey!.Value.Text);
            secrets.AddRange(await FillAsync(host, secrets[0]));
        }

        await using (await AdminHost.StartAsync(data.Path))
            secrets.Add(AdminHost.AdminKey);

        Assert.Equal(5, secrets.Count);
        var files = Directory.GetFiles(data.Path, "*", SearchOption.AllDirectories).Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))).ToList();
        Assert.Contains(files, text => text.Contains(secrets[0][..12], StringComparison.Ordinal));
        Assert.All(secrets, secret => Assert.DoesNotContain(files, text => text.Contains(secret[12..], StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_configured_key_is_used_as_given_and_gone_when_the_configuration_drops_it()
    {
        using var data = new DataFolder();
        await using (var host = await AdminHost.StartAsync(data.Path, "sixteen-chars-ok"))
        {
            Assert.Null(host.FirstKey);
            (await host.GetAsync("/tenants", "sixteen-chars-ok")).Is(HttpStatusCode.OK);
        }

        await using var again = await AdminHost.StartAsync(data.Path, configuredKey: null);
        Assert.NotNull(again.FirstKey);
        (await again.GetAsync("/tenants", "sixteen-chars-ok")).Is(HttpStatusCode.Unauthorized);
        (await again.GetAsync("/tenants", again.FirstKey.Value.Text)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_configured_key_that_can_be_guessed_is_refused() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => AdminHost.StartAsync(configuredKey: "fifteen-chars-x"));

    private static async Task<List<string>> FillAsync(AdminHost host, string adminKey)
    {
        await host.PutAsync("/tenants/acme", """{"name":"Acme €","timezone":"Europe/Berlin","markupPercent":0.01,"allowedModels":["a*"],"maxCallUsd":"4503599.627370496"}""", adminKey);
        await host.PutAsync("/tenants/zeta", """{"suspended":true}""", adminKey);
        foreach (var name in (string[])["zz", "aa", "mm"])
        {
            var json = """{"per":"tag:team","match":{"tag:team":"b*","provider":"openai"},"limit":{"tokens":10},"window":"rolling:P7D","mode":"shadow","alertAt":[1,0.25]}""";
            (await host.PutAsync("/tenants/acme/budgets/" + name, json, adminKey)).Is(HttpStatusCode.OK);
        }

        await host.PutAsync("/tenants/acme/budgets/zz", """{"limit":{"usd":"2.5"},"window":"week","timezone":"Asia/Tokyo"}""", adminKey);
        await host.PutAsync("/tenants/zeta/budgets/b", """{"limit":{"requests":0},"window":"minute"}""", adminKey);
        var keys = new List<string>();
        foreach (var json in (string[])["""{"name":"one","user":"u","project":"p","allowedModels":["x"],"expiresAt":"2030-01-01T00:00:00Z"}""", """{"name":"two"}"""])
        {
            var made = (await host.PostAsync("/tenants/acme/keys", json, adminKey)).Is(HttpStatusCode.Created).Json;
            keys.Add(made.GetProperty("key").GetString()!);
            if (keys.Count == 2)
                await host.DeleteAsync("/tenants/acme/keys/" + made.GetProperty("id").GetString(), adminKey);
        }

        keys.Add((await host.PostAsync("/admin-keys", """{"name":"f","role":"finance"}""", adminKey)).Json.GetProperty("key").GetString()!);
        return keys;
    }
}
