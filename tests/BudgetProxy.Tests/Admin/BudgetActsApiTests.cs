using System.Net;
using System.Text.Json;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Reservations;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Admin;

public sealed class BudgetActsApiTests
{
    private const string Monthly = """{"limit":{"usd":"5.00"},"window":"month"}""";
    private const string PerUser = """{"per":"user","limit":{"usd":"1.00"},"window":"day"}""";

    [Fact]
    public async Task Top_ups_add_up_to_the_nano_dollar_and_the_limit_stays_as_it_was_put()
    {
        await using var host = await StartAsync(Monthly);
        foreach (var usd in new[] { "2.5", "0.000000001", "0.000000001" })
            (await host.PostAsync("/tenants/acme/budgets/b/topup", $$"""{"usd":"{{usd}}"}""")).Is(HttpStatusCode.OK);
        var shown = (await host.GetAsync("/tenants/acme/budgets/b")).Json;
        Assert.Equal(("5.00", "2.500000002", "7.500000002"), (
            shown.GetProperty("limit").GetProperty("usd").GetString(), shown.GetProperty("toppedUp").GetString(), shown.GetProperty("remaining").GetString()));
        (await host.PutAsync("/tenants/acme/budgets/b", """{"limit":{"usd":"1"},"window":"month","alertAt":[0.5]}""")).Is(HttpStatusCode.OK);
        Assert.Equal("3.500000002", (await host.GetAsync("/tenants/acme/budgets/b")).Json.GetProperty("remaining").GetString());
    }

    [Theory]
    [InlineData("usd", "{}")]
    [InlineData("usd", """{"usd":null}""")]
    [InlineData("usd", """{"usd":"0"}""")]
    [InlineData("usd", """{"usd":"-1"}""")]
    [InlineData("usd", """{"usd":1}""")]
    [InlineData("usd", """{"usd":"0.0000000001"}""")]
    [InlineData("usd", """{"usd":"4503594.627370497"}""")]
    [InlineData("value", """{"usd":"1","value":"ann"}""")]
    [InlineData("value", """{"usd":"1","value":7}""")]
    [InlineData("amount", """{"usd":"1","amount":"1"}""")]
    public async Task A_wrong_field_is_named_and_nothing_is_topped_up(string field, string json)
    {
        await using var host = await StartAsync(Monthly);
        Assert.NotEmpty((await host.PostAsync("/tenants/acme/budgets/b/topup", json)).ErrorOf(field));
        Assert.False((await host.GetAsync("/tenants/acme/budgets/b")).Json.TryGetProperty("toppedUp", out _));
    }

    [Fact]
    public async Task The_largest_limit_can_be_reached_and_not_passed()
    {
        await using var host = await StartAsync(Monthly);
        (await host.PostAsync("/tenants/acme/budgets/b/topup", """{"usd":"4503594.627370496"}""")).Is(HttpStatusCode.OK);
        Assert.Equal("4503599.627370496", (await host.GetAsync("/tenants/acme/budgets/b")).Json.GetProperty("remaining").GetString());
        Assert.NotEmpty((await host.PostAsync("/tenants/acme/budgets/b/topup", """{"usd":"0.000000001"}""")).ErrorOf("usd"));
        // A larger limit by itself leaves the sum at the largest there is.
        (await host.PutAsync("/tenants/acme/budgets/b", """{"limit":{"usd":"6.00"},"window":"month"}""")).Is(HttpStatusCode.OK);
        Assert.Equal("4503599.627370496", (await host.GetAsync("/tenants/acme/budgets/b")).Json.GetProperty("remaining").GetString());
    }

    [Fact]
    public async Task Only_money_can_be_topped_up_and_only_budgets_that_are_there()
    {
        await using var host = await StartAsync("""{"limit":{"requests":5},"window":"day"}""");
        Assert.NotEmpty((await host.PostAsync("/tenants/acme/budgets/b/topup", """{"usd":"1"}""")).ErrorOf("usd"));
        (await host.PostAsync("/tenants/acme/budgets/no/topup", """{"usd":"1"}""")).Is(HttpStatusCode.NotFound);
        (await host.PostAsync("/tenants/ghost/budgets/b/topup", """{"usd":"1"}""")).Is(HttpStatusCode.NotFound);
        (await host.PostAsync("/tenants/acme/budgets/no/reset", "{}")).Is(HttpStatusCode.NotFound);
        (await host.PostAsync("/tenants/acme/budgets/b/reset", """{"usd":"1"}""")).Is(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_repeat_under_the_same_key_does_nothing_and_says_so()
    {
        await using var host = await StartAsync(Monthly);
        const string Json = """{"usd":"2"}""";
        Assert.Null(await TopUpAsync(host, Json, "order-1"));
        Assert.Equal("true", await TopUpAsync(host, Json, "order-1"));
        Assert.Equal("true", await TopUpAsync(host, Json, "order-1"));
        Assert.Null(await TopUpAsync(host, Json, "order-2"));
        Assert.Equal("9.00", (await host.GetAsync("/tenants/acme/budgets/b")).Json.GetProperty("remaining").GetString());
        Assert.Equal("409", await TopUpAsync(host, """{"usd":"3"}""", "order-1"));
        Assert.Equal("400", await TopUpAsync(host, Json, "with space"));
        Assert.Equal("400", await TopUpAsync(host, Json, new string('k', 129)));
        Assert.Equal("9.00", (await host.GetAsync("/tenants/acme/budgets/b")).Json.GetProperty("remaining").GetString());
    }

    [Fact]
    public async Task Forty_repeats_at_once_top_up_once()
    {
        await using var host = await StartAsync(Monthly);
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => TopUpAsync(host, """{"usd":"2"}""", "order-1")));
        Assert.Equal((1, 39), (answers.Count(answer => answer is null), answers.Count(answer => answer == "true")));
        Assert.Equal("7.00", (await host.GetAsync("/tenants/acme/budgets/b")).Json.GetProperty("remaining").GetString());
    }

    [Fact]
    public async Task One_value_of_a_budget_with_per_is_topped_up_and_reset_alone()
    {
        await using var host = await StartAsync(PerUser);
        await SpendAsync(host, "ann", 300_000_000);
        await SpendAsync(host, "bob", 400_000_000);
        (await host.PostAsync("/tenants/acme/budgets/b/topup", """{"usd":"0.5"}""")).Is(HttpStatusCode.OK);
        (await host.PostAsync("/tenants/acme/budgets/b/topup", """{"usd":"0.25","value":"cy"}""")).Is(HttpStatusCode.OK);
        Assert.Equal([("ann", "0.30", "1.20"), ("bob", "0.40", "1.10"), ("cy", "0.00", "1.75")], Counters((await host.GetAsync("/tenants/acme/budgets/b")).Json));
        var reset = await host.PostAsync("/tenants/acme/budgets/b/reset", """{"value":"ann"}""");
        Assert.Equal([("ann", "0.00", "1.50"), ("bob", "0.40", "1.10"), ("cy", "0.00", "1.75")], Counters(reset.Is(HttpStatusCode.OK).Json, "ann"));
        await SpendAsync(host, "ann", 100_000_000);
        Assert.Equal("1.40", Counters((await host.GetAsync("/tenants/acme/budgets/b")).Json).Single(counter => counter.Value == "ann").Remaining);
        Assert.Equal(0, await host.Reservations.MeasureDriftAsync(CancellationToken.None));
        Assert.DoesNotContain(Counters((await host.PostAsync("/tenants/acme/budgets/b/reset", "{}")).Json), counter => counter.Spent != "0.00");
    }

    [Fact]
    public async Task A_reset_needs_no_body_and_keeps_the_ledger_and_top_ups()
    {
        await using var host = await StartAsync(Monthly);
        await SpendAsync(host, null, 2_000_000_000);
        await host.PostAsync("/tenants/acme/budgets/b/topup", """{"usd":"1"}""");
        var reset = (await host.SendAsync("POST", "/tenants/acme/budgets/b/reset", null, AdminHost.AdminKey)).Is(HttpStatusCode.OK).Json;
        Assert.Equal(("0.00", "0.00", "6.00"), (reset.GetProperty("spent").GetString(), reset.GetProperty("held").GetString(), reset.GetProperty("remaining").GetString()));
        Assert.Contains("\"costUsd\":\"2.000000000\"", (await host.GetAsync("/ledger?tenant=acme")).Body, StringComparison.Ordinal);
        await SpendAsync(host, null, 500_000_000);
        Assert.Equal("5.50", (await host.GetAsync("/tenants/acme/budgets/b")).Json.GetProperty("remaining").GetString());
    }

    [Fact]
    public async Task A_restart_keeps_both_and_a_budget_made_again_starts_without_them()
    {
        using var folder = new TempFolder();
        string before;
        await using (var host = await StartAsync(Monthly, folder.Path))
        {
            await SpendAsync(host, null, 2_000_000_000);
            (await host.PostAsync("/tenants/acme/budgets/b/reset", "{}")).Is(HttpStatusCode.OK);
            await SpendAsync(host, null, 300_000_000);
            Assert.Null(await TopUpAsync(host, """{"usd":"2"}""", "order-1"));
            before = (await host.GetAsync("/tenants/acme/budgets/b")).Body;
        }

        await using var again = await AdminHost.StartAsync(folder.Path);
        Assert.Equal(before, (await again.GetAsync("/tenants/acme/budgets/b")).Body);
        Assert.Contains("\"remaining\":\"6.70\"", before, StringComparison.Ordinal);
        Assert.Equal("true", await TopUpAsync(again, """{"usd":"2"}""", "order-1"));
        await again.DeleteAsync("/tenants/acme/budgets/b");
        Assert.Equal("2.70", (await again.PutAsync("/tenants/acme/budgets/b", Monthly)).Json.GetProperty("remaining").GetString());
        Assert.Null(await TopUpAsync(again, """{"usd":"2"}""", "order-1"));
    }

    [Fact]
    public async Task A_plans_budget_is_topped_up_and_reset_for_one_tenant_alone()
    {
        await using var host = await StartAsync(Monthly);
        (await host.PutAsync("/plans/pro", """{"budgets":[{"name":"plan","limit":{"usd":"5.00"},"window":"month"}]}""")).Is(HttpStatusCode.OK);
        foreach (var tenant in new[] { "acme", "other" })
            (await host.PutAsync($"/tenants/{tenant}", """{"plan":"pro"}""")).Is(HttpStatusCode.OK);
        await SpendAsync(host, null, 2_000_000_000);
        (await host.PostAsync("/tenants/acme/budgets/plan/topup", """{"usd":"1"}""")).Is(HttpStatusCode.OK);
        Assert.Equal("4.00", await RemainingAsync("acme"));
        (await host.PostAsync("/tenants/acme/budgets/plan/reset", "{}")).Is(HttpStatusCode.OK);
        Assert.Equal(("6.00", "5.00"), (await RemainingAsync("acme"), await RemainingAsync("other")));
        // A change of the plan keeps what was done to the tenant's budget.
        (await host.PutAsync("/plans/pro", """{"budgets":[{"name":"plan","limit":{"usd":"7.00"},"window":"month"}]}""")).Is(HttpStatusCode.OK);
        Assert.Equal(("8.00", "7.00"), (await RemainingAsync("acme"), await RemainingAsync("other")));
        Assert.Equal(0, await host.Reservations.MeasureDriftAsync(CancellationToken.None));

        async Task<string?> RemainingAsync(string tenant) =>
            (await host.GetAsync($"/tenants/{tenant}/budgets/plan")).Is(HttpStatusCode.OK).Json.GetProperty("remaining").GetString();
    }

    private static (string Value, string Spent, string Remaining)[] Counters(JsonElement budget, string? also = null)
    {
        var counters = budget.GetProperty("counters").EnumerateArray().Select(counter => (
            counter.GetProperty("value").GetString()!, counter.GetProperty("spent").GetString()!, counter.GetProperty("remaining").GetString()!)).ToList();
        // A counter that was reset and not used since may be left out: then it has all.
        if (also is not null && !counters.Exists(counter => counter.Item1 == also))
            counters.Add((also, "0.00", "1.50"));
        return [.. counters.OrderBy(counter => counter.Item1, StringComparer.Ordinal)];
    }

    /// <returns>Null = done; <c>true</c> = replayed; else the status.</returns>
    private static async Task<string?> TopUpAsync(AdminHost host, string json, string key)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Address, "/admin/v1/tenants/acme/budgets/b/topup")) { Content = TestProxy.Json(json) };
        request.Headers.Authorization = new("Bearer", AdminHost.AdminKey);
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await client.SendAsync(request);
        if (response.StatusCode != HttpStatusCode.OK)
            return ((int)response.StatusCode).ToString();
        return response.Headers.TryGetValues("Idempotent-Replayed", out var replayed) ? replayed.Single() : null;
    }

    private static async Task SpendAsync(AdminHost host, string? user, long nanoUsd)
    {
        var caller = new Caller { Tenant = "acme", Key = "key_1", User = user };
        var usage = new Usage { Input = 10 };
        var holds = new List<Hold>();
        BudgetMatcher.Match(host.Directory.Current.FindTenant("acme")!.Budgets, caller, Provider.OpenAi, "gpt-4o", CallBounds.Strict(new NanoUsd(nanoUsd), 10, 0), holds);
        var call = new Reservation
        {
            Id = Guid.CreateVersion7(), Caller = caller, Provider = Provider.OpenAi, Api = ProviderApi.OpenAiChat, Model = "gpt-4o", Amount = new NanoUsd(nanoUsd),
            WorstUsage = usage, StartedAt = TimeProvider.System.GetUtcNow(), Lifetime = TimeSpan.FromMinutes(1), Holds = holds,
        };
        Assert.Null((await host.Reservations.ReserveAsync(call, CancellationToken.None)).Refusal);
        var settlement = new Settlement(usage, UsageBasis.Reported, new NanoUsd(nanoUsd), null, "gpt-4o", 200);
        Assert.Equal(SettleOutcome.Resolved, await host.Reservations.SettleAsync("acme", call.Id, settlement, CancellationToken.None));
    }

    private static async Task<AdminHost> StartAsync(string budget, string? folder = null)
    {
        var host = await AdminHost.StartAsync(folder);
        await host.PutAsync("/tenants/acme", "{}");
        (await host.PutAsync("/tenants/acme/budgets/b", budget)).Is(HttpStatusCode.OK);
        return host;
    }
}
