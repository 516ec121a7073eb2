using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Gateway;

/// <summary>Tenants who pay before: what they are charged is taken from their balance, and without one no call goes out.</summary>
public sealed class PrepaidTests
{
    private const string Plan = """{"billing":"prepaid","budgets":[{"name":"credit","limit":{"chargedUsd":"0"},"window":"lifetime"}]}""";
    private const string Usage = """{"id":"one","provider":"openai","model":"gpt-4o-mini","costUsd":"2"}""";

    [Fact]
    public async Task A_call_needs_a_balance_and_takes_what_is_charged_from_it()
    {
        await using var proxy = await TestProxy.StartAsync();
        await proxy.SendAsync(HttpMethod.Put, "plans/prepaid", Plan);
        var key = await proxy.CreateTenantAsync("acme", """{"plan":"prepaid","markupPercent":50}""");
        using var client = proxy.Client(key);
        using (var refused = await CallAsync(client))
        {
            Assert.Equal(HttpStatusCode.PaymentRequired, refused.StatusCode);
            Assert.Equal("budget_exceeded", refused.Headers.GetValues("X-BudgetProxy-Code").Single());
            Assert.Contains("Your prepaid balance is 0.00 USD, and this call may come to ", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(0, proxy.Provider.CallCount);
        await proxy.SendAsync(HttpMethod.Post, "tenants/acme/budgets/credit/topup", """{"usd":"1.00"}""");
        Assert.Equal(1m, await BalanceAsync(proxy));
        using (var answer = await CallAsync(client))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            // In charged dollars: the worst case with the markup is held.
            var worst = decimal.Parse(answer.Headers.GetValues("X-BudgetProxy-Estimated-Cost-Usd").Single(), System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(1m - (worst * 1.5m), decimal.Parse(answer.Headers.GetValues("X-BudgetProxy-Remaining-Usd").Single(), System.Globalization.CultureInfo.InvariantCulture), 9);
        }

        var entry = await proxy.OnlyEntryAsync("acme");
        Assert.Equal(1m - Usd(entry, "chargedUsd"), await BalanceAsync(proxy));
        Assert.Equal(Usd(entry, "costUsd") * 1.5m, Usd(entry, "chargedUsd"), 9);
    }

    [Fact]
    public async Task A_balance_below_zero_refuses_and_is_paid_off_by_the_next_top_up_first()
    {
        await using var proxy = await TestProxy.StartAsync();
        await proxy.SendAsync(HttpMethod.Put, "plans/prepaid", Plan);
        var key = await proxy.CreateTenantAsync("acme", """{"plan":"prepaid","markupPercent":25}""");
        using var client = proxy.Client(key);
        await proxy.SendAsync(HttpMethod.Post, "tenants/acme/budgets/credit/topup", """{"usd":"1"}""");
        using (var booked = await client.PostAsync("/v1/usage", TestProxy.Json(Usage)))
            Assert.Equal(HttpStatusCode.OK, booked.StatusCode);
        Assert.Equal(-1.5m, await BalanceAsync(proxy));
        using (var refused = await CallAsync(client))
            Assert.Contains("Your prepaid balance is -1.50 USD", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using (var check = await client.PostAsync("/v1/check", TestProxy.Json("""{"costUsd":"0.1"}""")))
        {
            var verdict = await check.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal((false, "credit", "-1.50", "chargedUsd", "0.125000000"), (
                verdict.GetProperty("allowed").GetBoolean(), verdict.GetProperty("budget").GetString(), verdict.GetProperty("remainingUsd").GetString(),
                verdict.GetProperty("unit").GetString(), verdict.GetProperty("chargedUsd").GetString()));
        }

        Assert.Equal("1.00", (await proxy.SendAsync(HttpMethod.Post, "tenants/acme/budgets/credit/topup", """{"usd":"1"}""")).GetProperty("paidOff").GetString());
        var last = await proxy.SendAsync(HttpMethod.Post, "tenants/acme/budgets/credit/topup", """{"usd":"1"}""");
        Assert.Equal(("0.50", "0.50", "3.00"), (last.GetProperty("paidOff").GetString(), last.GetProperty("remaining").GetString(), last.GetProperty("toppedUp").GetString()));
        Assert.False((await proxy.SendAsync(HttpMethod.Post, "tenants/acme/budgets/credit/topup", """{"usd":"1"}""")).TryGetProperty("paidOff", out _));
        using var answer = await CallAsync(client);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task What_was_used_before_a_tenant_went_over_is_not_taken_from_its_credit()
    {
        await using var proxy = await TestProxy.StartAsync();
        await proxy.SendAsync(HttpMethod.Put, "plans/prepaid", Plan);
        var key = await proxy.CreateTenantAsync("acme");
        using var client = proxy.Client(key);
        using (var booked = await client.PostAsync("/v1/usage", TestProxy.Json(Usage)))
            Assert.Equal(HttpStatusCode.OK, booked.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await proxy.Admin.GetAsync("tenants/acme/balance")).StatusCode);
        await proxy.SendAsync(HttpMethod.Put, "tenants/acme", """{"plan":"prepaid"}""");
        Assert.Equal(0m, await BalanceAsync(proxy));
        await proxy.SendAsync(HttpMethod.Post, "tenants/acme/budgets/credit/topup", """{"usd":"3"}""");
        using (var booked = await client.PostAsync("/v1/usage", TestProxy.Json(Usage.Replace("one", "two", StringComparison.Ordinal))))
            Assert.Equal(HttpStatusCode.OK, booked.StatusCode);
        Assert.Equal(1m, await BalanceAsync(proxy));
        // Put again, nothing begins anew.
        await proxy.SendAsync(HttpMethod.Put, "tenants/acme", """{"plan":"prepaid","name":"Acme"}""");
        await proxy.SendAsync(HttpMethod.Put, "plans/prepaid", Plan.Replace("\"0\"", "\"5\"", StringComparison.Ordinal));
        Assert.Equal(6m, await BalanceAsync(proxy));
    }

    [Fact]
    public async Task Credit_is_not_reset_so_that_neither_what_was_spent_nor_what_is_owed_vanishes()
    {
        await using var proxy = await TestProxy.StartAsync();
        await proxy.SendAsync(HttpMethod.Put, "plans/prepaid", Plan);
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme", """{"plan":"prepaid"}"""));
        using (var booked = await client.PostAsync("/v1/usage", TestProxy.Json(Usage)))
            Assert.Equal(HttpStatusCode.OK, booked.StatusCode);
        using var refused = await proxy.Admin.PostAsync("tenants/acme/budgets/credit/reset", TestProxy.Json("{}"));
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("prepaid credit", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(-2m, await BalanceAsync(proxy));
    }

    [Fact]
    public async Task No_budget_of_the_tenants_own_can_stand_in_the_way_of_its_credit()
    {
        await using var proxy = await TestProxy.StartAsync();
        await proxy.SendAsync(HttpMethod.Put, "plans/prepaid", Plan);
        await proxy.CreateTenantAsync("acme", """{"plan":"prepaid"}""");
        foreach (var other in new[]
        {
            """{"limit":{"usd":"5"},"window":"lifetime"}""", """{"limit":{"chargedUsd":"5"},"window":"month"}""",
            """{"limit":{"chargedUsd":"5"},"window":"lifetime","mode":"shadow"}""", """{"limit":{"chargedUsd":"5"},"window":"lifetime","match":{"user":"a"}}""",
        })
            Assert.Equal(HttpStatusCode.Conflict, await StatusAsync(proxy, "tenants/acme/budgets/credit", other));
        // Another limit is a credit still, and another name stands in nobody's way.
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(proxy, "tenants/acme/budgets/credit", """{"limit":{"chargedUsd":"7"},"window":"lifetime"}"""));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(proxy, "tenants/acme/budgets/other", """{"limit":{"usd":"7"},"window":"day"}"""));
        Assert.Equal(7m, await BalanceAsync(proxy));
        await proxy.SendAsync(HttpMethod.Post, "tenants/acme/budgets/credit/topup", """{"usd":"2"}""");
        Assert.Equal(HttpStatusCode.Conflict, (await proxy.Admin.DeleteAsync("tenants/acme/budgets/credit")).StatusCode);
        using (var pruned = await proxy.Admin.PostAsync("directory?apply=true&prune=true", TestProxy.Json("""{"plans":{"prepaid":PLAN},"tenants":{"acme":{"plan":"prepaid"}}}""".Replace(
            "PLAN", """{"billing":"prepaid","budgets":{"credit":{"limit":{"chargedUsd":"0"},"window":"lifetime"}}}""", StringComparison.Ordinal))))
            Assert.Equal(HttpStatusCode.OK, pruned.StatusCode);
        Assert.Equal(9m, await BalanceAsync(proxy));

        await proxy.CreateTenantAsync("other");
        await proxy.PutBudgetAsync("other", "credit", """{"limit":{"usd":"5"},"window":"day"}""");
        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync(proxy, "tenants/other", """{"plan":"prepaid"}"""));
        await proxy.SendAsync(HttpMethod.Put, "plans/metered", "{}");
        await proxy.SendAsync(HttpMethod.Put, "tenants/other", """{"plan":"metered"}""");
        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync(proxy, "plans/metered", Plan));
        using var file = await proxy.Admin.PostAsync("directory?apply=true", TestProxy.Json("""{"tenants":{"other":{"plan":"prepaid"}}}"""));
        Assert.Contains("its own budget 'credit'", await file.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_suspended_tenant_is_refused_by_every_way_in_that_spends()
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        using var client = proxy.Client(key);
        await proxy.SendAsync(HttpMethod.Patch, "tenants/acme", """{"suspended":true}""");
        (HttpMethod Method, string Path, string Body)[] ways =
        [
            (HttpMethod.Post, Bodies.ChatPath, Bodies.Chat()), (HttpMethod.Post, Bodies.ChatPath, Bodies.Chat(stream: true)), (HttpMethod.Post, Bodies.MessagesPath, Bodies.Messages()),
            (HttpMethod.Post, Bodies.ResponsesPath, Bodies.Responses()), (HttpMethod.Post, Bodies.CompletionsPath, Bodies.Completions()), (HttpMethod.Post, Bodies.EmbeddingsPath, Bodies.Embeddings),
            (HttpMethod.Get, "/openai/v1/models", ""), (HttpMethod.Post, "/openai/v1/batches", "{}"), (HttpMethod.Get, "/openai/v1/batches", ""),
            (HttpMethod.Post, "/anthropic/v1/messages/batches", "{}"), (HttpMethod.Post, "/anthropic/v1/messages/count_tokens", Bodies.Messages()),
            (HttpMethod.Post, "/v1/estimate/openai/chat/completions", Bodies.Chat()), (HttpMethod.Post, "/v1/reservations", """{"costUsd":"1"}"""),
            (HttpMethod.Put, "/v1/runs/r", """{"limitUsd":"1"}"""),
        ];
        foreach (var (method, path, body) in ways)
        {
            using var request = new HttpRequestMessage(method, path) { Content = body.Length == 0 ? null : TestProxy.Json(body) };
            using var answer = await client.SendAsync(request);
            Assert.Equal((path, HttpStatusCode.Forbidden, "tenant_suspended"), (path, answer.StatusCode, answer.Headers.TryGetValues("X-BudgetProxy-Code", out var code) ? code.Single() : null));
        }

        Assert.Equal(0, proxy.Provider.CallCount);
    }

    private static Task<HttpResponseMessage> CallAsync(HttpClient client) => client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat()));

    private static async Task<decimal> BalanceAsync(TestProxy proxy) => Usd(await proxy.Admin.GetFromJsonAsync<JsonElement>("tenants/acme/balance"), "balanceUsd");

    private static decimal Usd(JsonElement element, string name) => decimal.Parse(element.GetProperty(name).GetString()!, System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<HttpStatusCode> StatusAsync(TestProxy proxy, string path, string json)
    {
        using var answer = await proxy.Admin.PutAsync(path, TestProxy.Json(json));
        return answer.StatusCode;
    }
}
