using System.Net;
using System.Text.Json;
using BudgetProxy.Tests.Tenants;

namespace BudgetProxy.Tests.Admin;

public sealed class FaultTests
{
    private const string Budget = """{"limit":{"usd":"1"},"window":"day"}""";

    [Fact]
    public async Task A_change_that_can_not_be_stored_is_503_and_changes_nothing()
    {
        FailingDirectoryStore? store = null;
        await using var host = await AdminHost.StartAsync(faults: inner => store = new FailingDirectoryStore(inner));
        await host.PutAsync("/tenants/acme", """{"name":"before"}""");
        await host.PutAsync("/tenants/acme/budgets/b", Budget);
        var key = (await host.PostAsync("/tenants/acme/keys", """{"name":"k"}""")).Json;
        string[] lists = ["/tenants", "/tenants/acme/keys", "/tenants/acme/budgets", "/admin-keys"];
        var before = new List<string>();
        foreach (var list in lists)
            before.Add((await host.GetAsync(list)).Body);

        store!.Failing = true;
        (await host.PutAsync("/tenants/acme", """{"name":"after"}""")).Is(HttpStatusCode.ServiceUnavailable);
        (await host.PutAsync("/tenants/other", "{}")).Is(HttpStatusCode.ServiceUnavailable);
        (await host.PutAsync("/tenants/acme/budgets/b", Budget.Replace("day", "week", StringComparison.Ordinal))).Is(HttpStatusCode.ServiceUnavailable);
        (await host.PostAsync("/tenants/acme/keys", """{"name":"k2"}""")).Is(HttpStatusCode.ServiceUnavailable);
        (await host.PostAsync("/admin-keys", """{"name":"k","role":"admin"}""")).Is(HttpStatusCode.ServiceUnavailable);
        (await host.DeleteAsync("/tenants/acme/budgets/b")).Is(HttpStatusCode.ServiceUnavailable);
        (await host.DeleteAsync("/tenants/acme/keys/" + key.GetProperty("id").GetString())).Is(HttpStatusCode.ServiceUnavailable);
        (await host.DeleteAsync("/tenants/acme")).Is(HttpStatusCode.ServiceUnavailable);
        for (var i = 0; i < lists.Length; i++)
            Assert.Equal(before[i], (await host.GetAsync(lists[i])).Body);

        store.Failing = false;
        (await host.PutAsync("/tenants/acme", """{"name":"after"}""")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Changes_at_the_same_time_are_all_kept()
    {
        using var data = new DataFolder();
        await using (var host = await AdminHost.StartAsync(data.Path))
        {
            await host.PutAsync("/tenants/acme", "{}");
            var changes = Enumerable.Range(0, 60).Select(i => (i % 3) switch
            {
                0 => host.PutAsync($"/tenants/acme/budgets/b{i}", Budget),
                1 => host.PostAsync("/tenants/acme/keys", "{\"name\":\"k\"}"),
                _ => host.PutAsync($"/tenants/t{i}", "{}"),
            });
            Assert.All(await Task.WhenAll(changes), answer => Assert.True((int)answer.Status < 300, answer.Body));
            await CountAsync(host);
        }

        await using var again = await AdminHost.StartAsync(data.Path);
        await CountAsync(again);
    }

    private static async Task CountAsync(AdminHost host)
    {
        Assert.Equal(20, Items(await host.GetAsync("/tenants/acme/budgets")).Count());
        Assert.Equal(20, Items(await host.GetAsync("/tenants/acme/keys")).Count());
        Assert.Equal(21, Items(await host.GetAsync("/tenants")).Count());
    }

    private static JsonElement.ArrayEnumerator Items(AdminHost.Answer answer) => answer.Is(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray();
}
