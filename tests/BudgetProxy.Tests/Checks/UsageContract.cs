using System.Globalization;
using System.Text.Json;
using FsCheck.Fluent;

namespace BudgetProxy.Tests.Checks;

/// <summary>Usage that was not reserved, over real sockets and either store.</summary>
public abstract class UsageContract
{
    private const string One = """{"id":"a-1","provider":"openai","model":"gpt-4o-mini","inputTokens":1000,"outputTokens":500,"user":"ann","run":"r1","tags":{"team":"red"}}""";

    protected abstract bool IsDistributed { get; }

    private async Task<CheckScene> StartAsync(string tenant = "{}")
    {
        var scene = await CheckScene.StartAsync(IsDistributed, tenant);
        await scene.Proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"0.001"},"window":"lifetime"}""");
        await scene.Proxy.PutBudgetAsync("acme", "today", """{"limit":{"requests":3},"window":"day"}""");
        return scene;
    }

    [Fact]
    public async Task One_object_is_booked_once_though_it_is_over_every_limit()
    {
        await using var s = await StartAsync("""{"markupPercent":"20"}""");
        var booked = (await s.PostAsync("/v1/usage", One)).Is(200);
        Assert.Equal(("a-1", "booked", "0.000450000", "0.000540000"), (booked.Id, booked.Text("status"), booked.Text("costUsd"), booked.Text("chargedUsd")));
        Assert.Equal("duplicate", (await s.PostAsync("/v1/usage", One.Replace("1000", "9", StringComparison.Ordinal))).Is(200).Text("status"));
        // Pretty-printed over several lines it is still one.
        Assert.Equal("duplicate", (await s.PostAsync("/v1/usage", One.Replace(",", ",\n", StringComparison.Ordinal) + "\n")).Is(200).Text("status"));
        (await s.PostAsync("/v1/usage", """{"id":"a-2","provider":"anthropic","model":"whatever","costUsd":"0.5"}""")).Is(200);
        Assert.Equal((0.50045m, 0m), await s.CounterAsync());
        Assert.Equal((2m, 0m), await s.CounterAsync("today"));
        var entries = await s.Proxy.LedgerAsync("acme");
        Assert.Equal(2, entries.Count);
        var entry = entries.Single(item => item.GetProperty("model").GetString() == "gpt-4o-mini");
        Assert.Equal(("ann", "r1", "direct", booked.Text("entry")), (entry.GetProperty("user").GetString(), entry.GetProperty("run").GetString(), entry.GetProperty("api").GetString(), entry.GetProperty("id").GetString()));
        Assert.Equal("0.000540000", entry.GetProperty("chargedUsd").GetString());
        Assert.Equal("False", (await s.PostAsync("/v1/check", "{}")).Is(200).Text("allowed"));
    }

    [Fact]
    public async Task Of_lines_the_good_are_booked_and_each_is_told_what_became_of_it()
    {
        await using var s = await StartAsync();
        var lines = string.Join('\n',
            One, "", "not json", One, """{"id":"b","provider":"openai","model":"unknown-model","inputTokens":1,"outputTokens":1}""",
            """{"id":"c","provider":"openai","model":"gpt-4o-mini","costUsd":"0.1","surprise":1}""", """{"id":"d","provider":"openai","model":"gpt-4o-mini","costUsd":"0.1"}""") + "\r\n";
        var answer = (await s.PostAsync("/v1/usage", lines, type: "application/x-ndjson")).Is(200).Json;
        Assert.Equal("2 1 3", $"{answer.GetProperty("booked")} {answer.GetProperty("duplicates")} {answer.GetProperty("errors")}");
        Assert.Equal(
            ["1:a-1:booked", "3::error", "4:a-1:duplicate", "5:b:error", "6:c:error", "7:d:booked"],
            answer.GetProperty("items").EnumerateArray().Select(item => $"{item.GetProperty("line")}:{item.GetProperty("id")}:{item.GetProperty("status")}"));
        Assert.Equal(["invalid_request", "unpriced_model", "invalid_request"], answer.GetProperty("items").EnumerateArray().Where(item => item.TryGetProperty("code", out _)).Select(item => item.GetProperty("code").GetString()));
        // Sent as JSON they are lines all the same, and all of them known but those at fault.
        var again = (await s.PostAsync("/v1/usage", lines)).Is(200).Json;
        Assert.Equal("0 3 3", $"{again.GetProperty("booked")} {again.GetProperty("duplicates")} {again.GetProperty("errors")}");
        Assert.Equal((0.10045m, 0m), await s.CounterAsync());
        Assert.Equal(2, (await s.Proxy.LedgerAsync("acme")).Count);
        (await s.PostAsync("/v1/usage", "x\ny", type: "application/x-ndjson")).Is(400);
        Assert.Equal("invalid_request", (await s.PostAsync("/v1/usage", "x\ny")).Is(400).Code);
        Assert.Equal("invalid_request", (await s.PostAsync("/v1/usage", "")).Is(400).Code);
        Assert.Equal("invalid_request", (await s.PostAsync("/v1/usage", new string('\n', 10_002), type: "application/jsonl")).Is(400).Code);
        Assert.Equal("request_too_large", (await s.PostAsync("/v1/usage", new string(' ', (8 * 1024 * 1024) + 1))).Is(413).Code);
    }

    [Fact]
    public async Task Counts_in_the_window_of_its_instant_and_none_lies_ahead_or_far_back()
    {
        await using var s = await StartAsync();
        string At(DateTimeOffset at, string id) =>
            $$"""{"id":"{{id}}","provider":"openai","model":"gpt-4o-mini","costUsd":"0.1","at":"{{at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}}"}""";
        var now = TimeProvider.System.GetUtcNow();
        (await s.PostAsync("/v1/usage", At(now.AddDays(-3), "old"))).Is(200);
        (await s.PostAsync("/v1/usage", At(now.AddSeconds(100), "ahead"))).Is(200);
        Assert.Equal("at", (await s.PostAsync("/v1/usage", At(now.AddMinutes(10), "future"))).Is(400).Json.GetProperty("error").GetProperty("param").GetString());
        Assert.Equal("at", (await s.PostAsync("/v1/usage", At(now.AddDays(-36), "ancient"))).Is(400).Json.GetProperty("error").GetProperty("param").GetString());
        Assert.Equal((0.2m, 0m), await s.CounterAsync());
        Assert.Equal((1m, 0m), await s.CounterAsync("today"));
    }

    [Fact(Timeout = 120_000)]
    public async Task What_no_booking_comes_to_is_refused_and_names_its_field()
    {
        await using var s = await StartAsync();
        foreach (var (use, param) in new[] { ("\"costUsd\":\"100000.000000001\"", "costUsd"), ("\"inputTokens\":1000000000000,\"outputTokens\":0", "inputTokens") })
        {
            var refused = (await s.PostAsync("/v1/usage", $$"""{"id":"dear","provider":"openai","model":"gpt-4o-mini",{{use}}}""")).Is(400).Json.GetProperty("error");
            Assert.Equal(param, refused.GetProperty("param").GetString());
            Assert.Contains("100000.00 at most", refused.GetProperty("message").GetString(), StringComparison.Ordinal);
        }

        (await s.PostAsync("/v1/usage", """{"id":"dear","provider":"openai","model":"gpt-4o-mini","costUsd":"100000"}""")).Is(200);
    }

    [Fact(Timeout = 120_000)]
    public async Task No_tenant_can_report_so_much_that_sums_have_no_room_for_it()
    {
        await using var s = await StartAsync();
        var held = (await s.ReserveAsync("""{"provider":"openai","model":"gpt-4o-mini","costUsd":"0.0005"}""")).Is(201);
        var lines = string.Join('\n', Enumerable.Range(0, 12).Select(i => $$"""{"id":"{{i}}","provider":"openai","model":"gpt-4o-mini","costUsd":"100000"}"""));
        var items = (await s.PostAsync("/v1/usage", lines, type: "application/jsonl")).Is(200).Json.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal([.. Enumerable.Repeat("booked", 10), "error", "error"], items.Select(item => item.GetProperty("status").GetString()));
        Assert.Equal("too_much_usage", items[^1].GetProperty("code").GetString());
        // Nor by way of a reservation; what was reserved can be settled all the same.
        Assert.Equal("too_much_usage", (await s.SettleAsync(held.Id, """{"costUsd":"1"}""")).Is(429).Code);
        Assert.Contains("100000.00 at most", (await s.SettleAsync(held.Id, """{"costUsd":"100000.5"}""")).Is(400).Json.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        (await s.SettleAsync(held.Id, """{"costUsd":"0.0005"}""")).Is(200);
    }

    [Fact]
    public async Task Racing_repeats_of_many_lines_are_booked_once_and_told_so_once()
    {
        await using var s = await StartAsync();
        var lines = string.Join('\n', Enumerable.Range(0, 450).Select(i => $$"""{"id":"{{i}}","provider":"openai","model":"gpt-4o-mini","costUsd":"0.001"}"""));
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => s.PostAsync("/v1/usage", lines, type: "application/jsonl")));
        Assert.Equal(450, answers.Sum(answer => answer.Is(200).Json.GetProperty("booked").GetInt32()));
        Assert.Equal((0.45m, 0m), await s.CounterAsync());
        Assert.Equal((450m, 0m), await s.CounterAsync("today"));
        Assert.Equal(450, (await s.Proxy.LedgerAsync("acme")).Count);
        using var other = s.Proxy.Client(await s.Proxy.CreateTenantAsync("other"));
        Assert.Equal(450, (await s.PostAsync("/v1/usage", lines, client: other, type: "application/jsonl")).Is(200).Json.GetProperty("booked").GetInt32());
    }

    [Fact]
    public async Task Counters_equal_the_ledger_after_any_mix()
    {
        await using var s = await StartAsync();
        await s.Proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"1000"},"window":"lifetime"}""");
        await s.Proxy.PutBudgetAsync("acme", "today", """{"limit":{"requests":100000},"window":"lifetime"}""");
        await s.Proxy.PutBudgetAsync("acme", "users", """{"per":"user","limit":{"tokens":1000000000},"window":"lifetime"}""");
        var steps = Gen.Choose(0, 999).Sample(120, 160);
        await Parallel.ForEachAsync(steps.Chunk(20), async (chunk, _) => await MixAsync(s, chunk));

        var entries = await s.Proxy.LedgerAsync("acme");
        Assert.Equal((entries.Sum(entry => CheckScene.Number(entry.GetProperty("costUsd"))), 0m), await s.CounterAsync());
        Assert.Equal((entries.Count, 0m), await s.CounterAsync("today"));
        foreach (var counter in (await s.Proxy.BudgetsAsync("acme"))["users"].GetProperty("counters").EnumerateArray())
        {
            var user = counter.GetProperty("value").GetString();
            Assert.Equal(
                entries.Where(entry => (entry.GetProperty("user").GetString() ?? "") == user).Sum(TokensOf), counter.GetProperty("spent").GetInt64());
        }
    }

    private static async Task MixAsync(CheckScene s, int[] steps)
    {
        foreach (var step in steps)
        {
            var body = $$"""{"provider":"openai","model":"gpt-4o-mini","inputTokens":{{step}},"outputTokens":{{step / 3}},"user":"u{{step % 4}}"}""";
            if (step % 3 == 0)
            {
                (await s.PostAsync("/v1/usage", $$"""{"id":"{{step}}",""" + body[1..])).Is(200);
                continue;
            }

            var made = (await s.ReserveAsync(body, step % 2 == 0 ? $"key-{step}-{steps[0]}" : null)).Is(201);
            if (step % 5 == 0)
                await s.VoidAsync(made.Id);
            else
                await s.SettleAsync(made.Id, $$"""{"inputTokens":{{step * 2}},"outputTokens":{{step}}}""");
        }
    }

    private static long TokensOf(JsonElement entry) =>
        new[] { "input", "cachedInput", "cacheWriteShort", "cacheWriteLong", "output" }.Sum(bucket => entry.GetProperty("tokens").GetProperty(bucket).GetInt64());
}
