using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Checks;

/// <summary>Reservations of code that calls its provider itself, over real sockets and either store.</summary>
public abstract class DirectReservationContract
{
    private const string Call = """{"provider":"openai","model":"gpt-4o-mini","inputTokens":1000,"outputTokens":500}""";

    protected abstract bool IsDistributed { get; }

    private async Task<CheckScene> StartAsync(string limit = "1.00", string tenant = "{}", string key = """{"name":"main"}""", params (string, string)[] settings)
    {
        var scene = await CheckScene.StartAsync(IsDistributed, tenant, key, settings);
        await scene.Proxy.PutBudgetAsync("acme", "monthly", $$$"""{"limit":{"usd":"{{{limit}}}"},"window":"month"}""");
        await scene.Proxy.PutBudgetAsync("acme", "calls", """{"limit":{"requests":1000},"window":"month"}""");
        return scene;
    }

    [Fact]
    public async Task Is_held_settled_at_its_rate_and_booked_once()
    {
        await using var s = await StartAsync(tenant: """{"markupPercent":"10"}""");
        var made = (await s.ReserveAsync(Call)).Is(201);
        // 1,000 x 0.15 + 500 x 0.60 per million.
        Assert.Equal("0.000450000", made.Text("costUsd"));
        Assert.Equal("0.99955", made.Text("remainingUsd"));
        Assert.Equal("openai/gpt-4o-mini@2024-07-18", made.Text("rate"));
        Assert.Equal((0m, 0.00045m), await s.CounterAsync());
        Assert.Equal((0m, 1m), await s.CounterAsync("calls"));

        var settled = (await s.SettleAsync(made.Id, """{"inputTokens":800,"cachedInputTokens":300,"outputTokens":200}""")).Is(200);
        // 500 x 0.15 + 300 x 0.075 + 200 x 0.60 per million.
        Assert.Equal("0.000217500", settled.Text("costUsd"));
        Assert.Equal("0.000239250", settled.Text("chargedUsd"));
        Assert.Equal("0.000217500", settled.Headers["X-BudgetProxy-Cost-Usd"]);
        Assert.Equal(settled.Body, (await s.SettleAsync(made.Id, """{"costUsd":"0.5"}""")).Is(200).Body);
        Assert.Equal("reservation_settled", (await s.VoidAsync(made.Id)).Is(409).Code);
        Assert.Equal((0.0002175m, 0m), await s.CounterAsync());
        Assert.Equal((1m, 0m), await s.CounterAsync("calls"));

        var entry = Assert.Single(await s.Proxy.LedgerAsync("acme"));
        Assert.Equal(made.Id, entry.GetProperty("id").GetString());
        Assert.Equal("direct", entry.GetProperty("api").GetString());
        Assert.Equal("reported", entry.GetProperty("basis").GetString());
        Assert.Equal("0.000450000", entry.GetProperty("reservedUsd").GetString());
        Assert.Equal("0.000239250", entry.GetProperty("chargedUsd").GetString());
        Assert.Equal(300, entry.GetProperty("tokens").GetProperty("cachedInput").GetInt64());
        Assert.Equal(500, entry.GetProperty("tokens").GetProperty("input").GetInt64());
        using var get = new HttpRequestMessage(HttpMethod.Get, $"/v1/reservations/{made.Id}");
        Assert.Equal("settled", (await s.SendAsync(get)).Is(200).Text("state"));
    }

    [Fact]
    public async Task A_cost_can_be_given_instead_of_tokens_and_an_overrun_is_booked()
    {
        await using var s = await StartAsync();
        var made = (await s.ReserveAsync("""{"provider":"bedrock","model":"some-model-without-a-rate","costUsd":"0.25","ttlSeconds":60}""")).Is(201);
        Assert.Equal(("0.250000000", "0.75"), (made.Text("costUsd"), made.Text("remainingUsd")));
        var settled = (await s.SettleAsync(made.Id, """{"costUsd":"0.400000001","inputTokens":10,"outputTokens":5}""")).Is(200);
        Assert.Equal(("0.400000001", "0.150000001"), (settled.Text("costUsd"), settled.Text("overrunUsd")));
        var entry = Assert.Single(await s.Proxy.LedgerAsync("acme"));
        Assert.Equal(("0.400000001", 10), (entry.GetProperty("costUsd").GetString(), entry.GetProperty("tokens").GetProperty("input").GetInt64()));
        Assert.Equal((0.400000001m, 0m), await s.CounterAsync());
    }

    [Fact]
    public async Task Voided_is_given_back_and_another_tenants_is_not_there()
    {
        await using var s = await StartAsync();
        var made = (await s.ReserveAsync(Call)).Is(201);
        using var other = s.Proxy.Client(await s.Proxy.CreateTenantAsync("other"));
        Assert.Equal("not_found", (await s.SettleAsync(made.Id, """{"costUsd":"0.1"}""", other)).Is(404).Code);
        Assert.Equal("not_found", (await s.VoidAsync(made.Id, other)).Is(404).Code);
        Assert.Equal("not_found", (await s.VoidAsync(Guid.CreateVersion7().ToString())).Is(404).Code);
        Assert.Equal("not_found", (await s.SettleAsync("nonsense", """{"costUsd":"0.1"}""")).Is(404).Code);

        var voided = (await s.VoidAsync(made.Id)).Is(200);
        Assert.Equal(voided.Body, (await s.VoidAsync(made.Id)).Is(200).Body);
        Assert.Equal("reservation_voided", (await s.SettleAsync(made.Id, """{"costUsd":"0.1"}""")).Is(409).Code);
        Assert.Equal((0m, 0m), await s.CounterAsync());
        Assert.Empty(await s.Proxy.LedgerAsync("acme"));
    }

    [Fact]
    public async Task A_repeat_under_its_key_holds_once_and_hears_the_same()
    {
        await using var s = await StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => s.ReserveAsync(Call, "job-17")));
        Assert.All(answers, answer => Assert.Equal(answers[0].Is(201).Body, answer.Is(201).Body));
        Assert.Equal((0m, 0.00045m), await s.CounterAsync());
        Assert.Equal("idempotency_key_reused", (await s.ReserveAsync("""{"provider":"openai","model":"gpt-4o","costUsd":"0.1"}""", "job-17")).Is(422).Code);
        Assert.Equal("invalid_request", (await s.ReserveAsync(Call, new string('k', 257))).Is(400).Code);

        (await s.SettleAsync(answers[0].Id, """{"costUsd":"0.0001"}""")).Is(200);
        var later = (await s.ReserveAsync(Call, "job-17")).Is(201);
        Assert.Equal((answers[0].Body, "true"), (later.Body, later.Headers["Idempotent-Replayed"]));
        Assert.Equal((0.0001m, 0m), await s.CounterAsync());
        using var other = s.Proxy.Client(await s.Proxy.CreateTenantAsync("other"));
        Assert.NotEqual(answers[0].Id, (await s.ReserveAsync(Call, "job-17", other)).Is(201).Id);
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_as_a_call_is_and_a_check_says_so_before()
    {
        await using var s = await StartAsync("0.001", """{"maxCallUsd":"0.5"}""");
        var check = (await s.PostAsync("/v1/check", """{"provider":"openai","model":"gpt-4o-mini","costUsd":"0.0011","user":"ann"}""")).Is(200);
        Assert.Equal(("False", "budget_exceeded", "monthly"), (check.Text("allowed"), check.Text("code"), check.Text("budget")));
        Assert.Equal(("0.00", "0.001", "0.001"), (check.Text("spentUsd"), check.Text("limitUsd"), check.Text("remainingUsd")));
        var refused = (await s.ReserveAsync("""{"provider":"openai","model":"gpt-4o-mini","costUsd":"0.0011"}""", "k")).Is(402);
        Assert.Equal(("budget_exceeded", "monthly", "0.001", "false"), (refused.Code, refused.Headers["X-BudgetProxy-Budget"], refused.Headers["X-BudgetProxy-Remaining"], refused.Headers["x-should-retry"]));
        Assert.Equal((0m, 0m), await s.CounterAsync());
        Assert.Equal("request_too_expensive", (await s.ReserveAsync("""{"provider":"openai","model":"gpt-4o-mini","costUsd":"0.6"}""")).Is(402).Code);
        Assert.Equal("unpriced_model", (await s.ReserveAsync("""{"provider":"openai","model":"nobody-priced-this","inputTokens":1,"outputTokens":1}""")).Is(402).Code);

        // A refusal is no answer to keep: once there is room, the same key is granted.
        await s.Proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"0.0015"},"window":"month"}""");
        var made = (await s.ReserveAsync("""{"provider":"openai","model":"gpt-4o-mini","costUsd":"0.0011"}""", "k")).Is(201);
        Assert.Equal("budget_held", (await s.ReserveAsync("""{"provider":"openai","model":"gpt-4o-mini","costUsd":"0.0011"}""")).Is(429).Code);
        Assert.Equal("budget_held", (await s.PostAsync("/v1/check", """{"costUsd":"0.0011"}""")).Is(200).Text("code"));
        var left = (await s.PostAsync("/v1/check", "{}")).Is(200);
        Assert.Equal(("True", "0.0004"), (left.Text("allowed"), left.Text("remainingUsd")));
        (await s.SettleAsync(made.Id, """{"costUsd":"0.0015"}""")).Is(200);
        var none = (await s.PostAsync("/v1/check", """{"user":"ann"}""")).Is(200);
        Assert.Equal(("False", "budget_exceeded", "0.0015", "0.00"), (none.Text("allowed"), none.Text("code"), none.Text("spentUsd"), none.Text("remainingUsd")));
    }

    [Fact]
    public async Task Of_racing_settles_and_voids_one_counts_and_all_hear_of_it()
    {
        await using var s = await StartAsync();
        var total = 0m;
        for (var round = 0; round < 6; round++)
        {
            var made = (await s.ReserveAsync(Call)).Is(201);
            var answers = await Task.WhenAll(Enumerable.Range(1, 9).Select(i => i % 3 == 0 && round % 2 == 1
                ? s.VoidAsync(made.Id)
                : s.SettleAsync(made.Id, $$"""{"costUsd":"0.00000{{i}}"}""")));
            var good = answers.Where(answer => (int)answer.Status == 200).ToList();
            Assert.Single(good.Select(answer => answer.Body).Distinct());
            Assert.All(answers.Except(good), answer => Assert.Equal(409, (int)answer.Status));
            if (good[0].Text("state") == "settled")
                total += decimal.Parse(good[0].Text("costUsd")!, System.Globalization.CultureInfo.InvariantCulture);
        }

        Assert.Equal((total, 0m), await s.CounterAsync());
        Assert.Equal(total, (await s.Proxy.LedgerAsync("acme")).Sum(entry => CheckScene.Number(entry.GetProperty("costUsd"))));
    }

    [Fact]
    public async Task One_whose_time_is_over_is_charged_and_can_still_be_settled()
    {
        await using var s = await StartAsync();
        var made = (await s.ReserveAsync("""{"provider":"openai","model":"gpt-4o-mini","costUsd":"0.3","ttlSeconds":1}""")).Is(201);
        await Poll.UntilAsync(async () => (await s.CounterAsync()).Spent == 0.3m, TimeSpan.FromSeconds(30), "it is charged");
        (await s.SettleAsync(made.Id, """{"costUsd":"0.2"}""")).Is(200);
        Assert.Equal((0.2m, 0m), await s.CounterAsync());
        Assert.Equal((1m, 0m), await s.CounterAsync("calls"));
        var entries = await s.Proxy.LedgerAsync("acme");
        Assert.Equal(["presumed", "reported"], entries.Select(entry => entry.GetProperty("basis").GetString()));
        Assert.Equal(made.Id, entries[1].GetProperty("adjusts").GetString());
    }

    [Fact]
    public async Task Every_field_at_fault_is_named_at_once()
    {
        await using var s = await StartAsync();
        var wrong = (await s.ReserveAsync("""{"provider":"nobody","inputTokens":-1,"outputTokens":1.5,"costUsd":0.1,"ttlSeconds":0,"tags":{"a":1},"userr":"ann"}""")).Is(400);
        Assert.Equal("invalid_request", wrong.Code);
        Assert.Equal(
            ["costUsd", "inputTokens", "model", "outputTokens", "provider", "tags", "ttlSeconds", "userr"],
            wrong.Json.GetProperty("error").GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("param").GetString()));
        var range = (await s.ReserveAsync("""{"provider":"openai","model":"m","costUsd":"99999999999.5","ttlSeconds":86401}""")).Is(400).Json.GetProperty("error").GetProperty("errors");
        Assert.Equal(
            ["costUsd: Must be from 0 to 4503599.627370496 USD.", "ttlSeconds: Must be a whole number from 1 to 86400."],
            range.EnumerateArray().Select(error => $"{error.GetProperty("param").GetString()}: {error.GetProperty("message").GetString()}"));
        foreach (var body in new[] { "", "[]", "{", """{"provider":"openai","provider":"openai"}""", """{"provider":"\ud800"}""", "nul" })
            Assert.Equal("invalid_request", (await s.ReserveAsync(body)).Is(400).Code);
        var made = (await s.ReserveAsync(Call)).Is(201);
        Assert.Equal("invalid_request", (await s.SettleAsync(made.Id, """{"inputTokens":5,"cachedInputTokens":6,"outputTokens":1}""")).Is(400).Code);
        Assert.Equal("invalid_request", (await s.SettleAsync(made.Id, """{"outputTokens":1,"reasoningTokens":2}""")).Is(400).Code);
        Assert.Equal("invalid_request", (await s.SettleAsync(made.Id, "{}")).Is(400).Code);
        Assert.Equal((0m, 0.00045m), await s.CounterAsync());
        using var stranger = new HttpClient { BaseAddress = s.Proxy.BaseAddress };
        Assert.Equal("invalid_api_key", (await s.ReserveAsync(Call, client: stranger)).Is(401).Code);
    }

    [Fact]
    public async Task Counts_for_the_user_run_and_tags_that_are_named_unless_the_key_pins_them()
    {
        await using var s = await StartAsync(key: """{"name":"pinned","project":"search","allowedModels":["gpt-4o*"]}""");
        await s.Proxy.PutBudgetAsync("acme", "users", """{"per":"user","limit":{"usd":"0.5"},"window":"day"}""");
        await s.Proxy.PutBudgetAsync("acme", "team", """{"match":{"tag:team":"red","project":"search"},"limit":{"tokens":2000},"window":"lifetime"}""");
        Assert.Equal("model_not_allowed", (await s.ReserveAsync("""{"provider":"openai","model":"o3","costUsd":"0.1"}""")).Is(403).Code);
        Assert.Equal("model_not_allowed", (await s.PostAsync("/v1/check", """{"provider":"openai","model":"o3","costUsd":"0.1"}""")).Is(200).Text("code"));
        const string Model = "{\"provider\":\"openai\",\"model\":\"gpt-4o-mini\"";
        const string Red = ""","inputTokens":1000,"outputTokens":500,"user":"ann","project":"other","run":"r1","tags":{"team":"red"}}""";
        (await s.ReserveAsync(Model + Red)).Is(201);
        var refused = (await s.ReserveAsync(Model + Red.Replace("{\"team\":\"red\"}", "\"team=red\"", StringComparison.Ordinal))).Is(429);
        Assert.Equal(("budget_held", "team"), (refused.Code, refused.Headers["X-BudgetProxy-Budget"]));
        var check = (await s.PostAsync("/v1/check", """{"provider":"openai","model":"gpt-4o-mini","costUsd":"0","inputTokens":501,"outputTokens":0,"tags":"team=red"}""")).Is(200);
        Assert.Equal(("False", "team", "tokens", "500", ""), (check.Text("allowed"), check.Text("budget"), check.Text("unit"), check.Text("remaining"), check.Text("spentUsd")));
        var counters = (await s.Proxy.BudgetsAsync("acme"))["users"].GetProperty("counters").EnumerateArray();
        Assert.Equal(("ann", 0.00045m), (counters.Single().GetProperty("value").GetString(), CheckScene.Number(counters.Single().GetProperty("held"))));
    }

    [Fact]
    public async Task A_suspended_account_reserves_nothing_more_but_what_it_spent_is_booked()
    {
        await using var s = await StartAsync();
        var made = (await s.ReserveAsync(Call)).Is(201);
        await s.Proxy.SendAsync(HttpMethod.Put, "tenants/acme", """{"suspended":true}""");
        Assert.Equal("tenant_suspended", (await s.ReserveAsync(Call)).Is(403).Code);
        Assert.Equal("tenant_suspended", (await s.PostAsync("/v1/check", "{}")).Is(200).Text("code"));
        (await s.SettleAsync(made.Id, """{"costUsd":"0.1"}""")).Is(200);
        Assert.Equal((0.1m, 0m), await s.CounterAsync());
    }
}
