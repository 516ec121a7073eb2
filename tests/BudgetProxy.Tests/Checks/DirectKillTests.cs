using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Embedded;
using BudgetProxy.Storage;
using BudgetProxy.Tests.Distributed;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Checks;

/// <summary>kill -9 between reserving and settling, and in the middle of either.</summary>
public sealed class DirectKillTests
{
    private const string Call = """{"provider":"openai","model":"gpt-4o-mini","costUsd":"0.3","ttlSeconds":3600}""";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact(Timeout = 180_000)]
    public async Task What_was_reserved_stands_and_what_was_begun_is_finished()
    {
        using var data = new TempFolder();
        await using var proxy = await ProxyProcess.StartAsync(Settings(data.Path));
        using var admin = proxy.Admin();
        using var client = Client(proxy, await SetUpAsync(admin));
        var ids = new List<string>();
        for (var i = 0; i < 4; i++)
            ids.Add((await SendAsync(client.PostAsync("/v1/reservations", TestProxy.Json(Call)))).GetProperty("id").GetString()!);
        await proxy.KillAsync();
        // As kills at other instructions leave them: settling that the books have not, voiding likewise, and one whose client never had its answer.
        using (var database = new EmbeddedDatabase(data.Path))
        using (var connection = database.OpenConnection())
        {
            connection.Run(
                "UPDATE direct_reservations SET state = 'settling', touched_at = 0, settlement = $s WHERE id = $id", ("$id", ids[1]),
                ("$s", """{"Usage":{"Input":7},"Cost":200000000,"Rate":null,"Tier":0,"Regional":false}"""));
            connection.Run("UPDATE direct_reservations SET state = 'voiding', touched_at = 0 WHERE id = $id", ("$id", ids[2]));
            connection.Run("UPDATE direct_reservations SET state = 'asked', answer = NULL, touched_at = 0 WHERE id = $id", ("$id", ids[3]));
        }

        await proxy.RestartAsync();
        await Poll.UntilAsync(async () => await CounterAsync(admin) == (0.2m, 0.3m), Patience, "the keeper has finished what was begun");
        Assert.Equal("0.200000000", (await SendAsync(client.PostAsync($"/v1/reservations/{ids[1]}/settle", TestProxy.Json("""{"costUsd":"9"}""")))).GetProperty("costUsd").GetString());
        Assert.Equal("voided", (await SendAsync(client.PostAsync($"/v1/reservations/{ids[2]}/void", null))).GetProperty("state").GetString());
        using var gone = await client.PostAsync($"/v1/reservations/{ids[3]}/settle", TestProxy.Json("""{"costUsd":"9"}"""));
        Assert.Equal(404, (int)gone.StatusCode);
        await SendAsync(client.PostAsync($"/v1/reservations/{ids[0]}/settle", TestProxy.Json("""{"costUsd":"0.1"}""")));
        Assert.Equal((0.3m, 0m), await CounterAsync(admin));
        Assert.Equal(2, await EntriesAsync(admin));
    }

    [Fact(Timeout = 240_000)]
    public async Task What_a_dead_proxy_reserved_another_settles_and_a_lost_Redis_gives_it_back()
    {
        await using var redis = await RedisServer.StartAsync();
        var postgres = await Databases.NewAsync();
        using var folders = new TempFolder();
        Dictionary<string, string> Shared(string name)
        {
            var settings = Settings(Path.Combine(folders.Path, name));
            settings["BudgetProxy__Redis"] = redis.ConnectionString;
            settings["BudgetProxy__Postgres"] = postgres;
            return settings;
        }

        await using var first = await ProxyProcess.StartAsync(Shared("first"));
        await using var second = await ProxyProcess.StartAsync(Shared("second"));
        using var admin = second.Admin();
        var key = await SetUpAsync(admin);
        using var client = Client(first, key);
        using var other = Client(second, key);
        await Poll.UntilAsync(async () => (await client.PostAsync("/v1/check", TestProxy.Json("{}"))).IsSuccessStatusCode, Patience, "the first proxy knows the key");
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
            ids.Add((await SendAsync(client.PostAsync("/v1/reservations", TestProxy.Json(Call)))).GetProperty("id").GetString()!);
        await SendAsync(other.PostAsync($"/v1/reservations/{ids[0]}/settle", TestProxy.Json("""{"costUsd":"0.1"}""")));
        await first.KillAsync();
        await redis.KillAsync();
        await redis.StartEmptyAsync();

        await Poll.UntilAsync(async () => await second.ReadinessAsync() == 200 && await CounterAsync(admin) == (0.1m, 0.6m), Patience, "the counters are made again");
        await RetriedAsync(() => other.PostAsync($"/v1/reservations/{ids[1]}/settle", TestProxy.Json("""{"costUsd":"0.25"}""")));
        await RetriedAsync(() => other.PostAsync($"/v1/reservations/{ids[2]}/void", null));
        await RetriedAsync(() => other.PostAsync($"/v1/reservations/{ids[0]}/settle", TestProxy.Json("""{"costUsd":"0.2"}""")));
        Assert.Equal((0.35m, 0m), await CounterAsync(admin));
        Assert.Equal(2, await EntriesAsync(admin));
    }

    [Fact(Timeout = 240_000)]
    public async Task A_runs_limit_holds_on_every_proxy_that_knows_of_runs_and_through_a_lost_Redis()
    {
        await using var redis = await RedisServer.StartAsync();
        var postgres = await Databases.NewAsync();
        using var folders = new TempFolder();
        Dictionary<string, string> Shared(string name)
        {
            var settings = Settings(Path.Combine(folders.Path, name));
            settings["BudgetProxy__Redis"] = redis.ConnectionString;
            settings["BudgetProxy__Postgres"] = postgres;
            return settings;
        }

        await using var first = await ProxyProcess.StartAsync(Shared("first"));
        await using var second = await ProxyProcess.StartAsync(Shared("second"));
        using var admin = second.Admin();
        var key = await SetUpAsync(admin);
        using var client = Client(first, key);
        using var other = Client(second, key);
        await Poll.UntilAsync(async () => (await client.PostAsync("/v1/check", TestProxy.Json("{}"))).IsSuccessStatusCode, Patience, "the first proxy knows the key");
        static StringContent Of(string run) => TestProxy.Json($$"""{"provider":"openai","model":"gpt-4o-mini","costUsd":"0.3","run":"{{run}}"}""");
        // The tenant's very first limit makes the budget that runs are counted in; from then on none waits.
        await SendAsync(client.PutAsync("/v1/runs/r0", TestProxy.Json("""{"limitUsd":"0.5"}""")));
        await Poll.UntilAsync(
            async () => (await admin.GetStringAsync("tenants/acme/budgets")).Contains("run-limits", StringComparison.Ordinal), Patience, "the other proxy knows of runs");
        for (var i = 0; i < 20; i++)
        {
            await SendAsync(client.PutAsync($"/v1/runs/r{i}", TestProxy.Json("""{"limitUsd":"0.5"}""")));
            await SendAsync(other.PostAsync("/v1/reservations", Of($"r{i}")));
            using var refused = await other.PostAsync("/v1/reservations", Of($"r{i}"));
            Assert.Equal(429, (int)refused.StatusCode);
        }

        await SendAsync(client.PutAsync("/v1/runs/r0", TestProxy.Json("""{"limitUsd":"0.7"}""")));
        await Poll.UntilAsync(async () => (await other.PostAsync("/v1/reservations", Of("r0"))).IsSuccessStatusCode, Patience, "the other proxy knows the new limit");
        await SendAsync(client.PostAsync("/v1/runs/r1/end", null));
        await Poll.UntilAsync(async () => (int)(await other.PostAsync("/v1/reservations", Of("r1"))).StatusCode == 402, Patience, "the other proxy knows that the run has ended");

        await redis.KillAsync();
        await redis.StartEmptyAsync();
        await Poll.UntilAsync(async () => await second.ReadinessAsync() == 200 && await first.ReadinessAsync() == 200, Patience, "the counters are made again");
        await Poll.UntilAsync(async () => (int)(await client.PostAsync("/v1/reservations", Of("r0"))).StatusCode == 429, Patience, "the limit holds");
        var run = await SendAsync(other.GetAsync("/v1/runs/r0"));
        Assert.Equal(("0.60", "0.10"), (run.GetProperty("heldUsd").GetString(), run.GetProperty("remainingUsd").GetString()));
    }

    private static Dictionary<string, string> Settings(string folder) => new()
    {
        ["BudgetProxy__DataDirectory"] = folder,
        ["BudgetProxy__AdminKey"] = TestProxy.AdminKey,
    };

    private static HttpClient Client(ProxyProcess proxy, string key)
    {
        var client = new HttpClient { BaseAddress = proxy.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private static async Task<string> SetUpAsync(HttpClient admin)
    {
        await SendAsync(admin.PutAsync("tenants/acme", TestProxy.Json("{}")));
        await SendAsync(admin.PutAsync("tenants/acme/budgets/monthly", TestProxy.Json("""{"limit":{"usd":"100"},"window":"month"}""")));
        return (await SendAsync(admin.PostAsync("tenants/acme/keys", TestProxy.Json("""{"name":"main"}""")))).GetProperty("key").GetString()!;
    }

    private static async Task<(decimal Spent, decimal Held)> CounterAsync(HttpClient admin)
    {
        using var response = await admin.GetAsync("tenants/acme/budgets/monthly");
        if (!response.IsSuccessStatusCode)
            return (-1, -1);
        var budget = await response.Content.ReadFromJsonAsync<JsonElement>();
        return (CheckScene.Number(budget.GetProperty("spent")), CheckScene.Number(budget.GetProperty("held")));
    }

    private static async Task<int> EntriesAsync(HttpClient admin) =>
        (await admin.GetStringAsync("ledger?tenant=acme&format=jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    /// <summary>As a client does that is told to retry.</summary>
    private static Task RetriedAsync(Func<Task<HttpResponseMessage>> send) => Poll.UntilAsync(
        async () =>
        {
            using var response = await send();
            Assert.True(response.IsSuccessStatusCode || (int)response.StatusCode == 503, await response.Content.ReadAsStringAsync());
            return response.IsSuccessStatusCode;
        },
        Patience, "it is done");

    private static async Task<JsonElement> SendAsync(Task<HttpResponseMessage> sent)
    {
        using var response = await sent;
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }
}
