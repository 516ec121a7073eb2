using System.Text;
using BudgetProxy.Tests.Gateway;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Checks;

/// <summary>Agent runs with a limit of their own, over real sockets and either store.</summary>
public abstract class RunContract
{
    protected abstract bool IsDistributed { get; }

    private async Task<CheckScene> StartAsync()
    {
        var scene = await CheckScene.StartAsync(IsDistributed);
        await scene.Proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"100"},"window":"month"}""");
        return scene;
    }

    private static Task<CheckScene.Answer> PutAsync(CheckScene s, string run, string body) => SendAsync(s, HttpMethod.Put, $"/v1/runs/{run}", body);

    private static Task<CheckScene.Answer> GetAsync(CheckScene s, string run) => SendAsync(s, HttpMethod.Get, $"/v1/runs/{run}");

    private static async Task<CheckScene.Answer> SendAsync(CheckScene s, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await s.SendAsync(request);
    }

    private static async Task<CheckScene.Answer> CallAsync(CheckScene s, string run, int maxTokens = 1000)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Bodies.ChatPath) { Content = TestProxy.Json(Bodies.Chat(maxTokens: maxTokens)) };
        request.Headers.Add("X-BudgetProxy-Run", run);
        return await s.SendAsync(request);
    }

    [Fact]
    public async Task A_run_spends_up_to_its_limit_and_no_other_run_is_touched()
    {
        await using var s = await StartAsync();
        Assert.Equal("not_found", (await GetAsync(s, "r1")).Is(404).Code);
        // Spent before the run had a limit: it counts.
        (await s.PostAsync("/v1/usage", """{"id":"before","provider":"openai","model":"gpt-4o-mini","costUsd":"0.0001","run":"r1"}""")).Is(200);
        var put = (await PutAsync(s, "r1", """{"limitUsd":"0.001"}""")).Is(200);
        Assert.Equal(("r1", "open", "0.001", "0.0001", "0.00", "0.0009"), (put.Text("run"), put.Text("state"), put.Text("limitUsd"), put.Text("spentUsd"), put.Text("heldUsd"), put.Text("remainingUsd")));

        // 1,000 output tokens are 0.0006 and a little input.
        (await CallAsync(s, "r1")).Is(200);
        var made = (await s.ReserveAsync("""{"provider":"openai","model":"gpt-4o-mini","costUsd":"0.0007","run":"r1"}""")).Is(201);
        Assert.Equal("0.0007", (await GetAsync(s, "r1")).Text("heldUsd"));
        var held = (await CallAsync(s, "r1")).Is(429);
        Assert.Equal("budget_held", held.Code);
        Assert.Contains("The run 'r1'", held.Body, StringComparison.Ordinal);
        (await s.SettleAsync(made.Id, """{"costUsd":"0.0008"}""")).Is(200);
        var calls = s.Proxy.Provider.CallCount;
        var refused = (await CallAsync(s, "r1")).Is(402);
        Assert.Equal(("budget_exceeded", "run-limits", "0.001"), (refused.Code, refused.Headers["X-BudgetProxy-Budget"], refused.Headers["X-BudgetProxy-Limit"]));
        Assert.Equal("budget_exceeded", (await s.PostAsync("/v1/check", """{"costUsd":"0.001","run":"r1"}""")).Is(200).Text("code"));
        Assert.Equal(calls, s.Proxy.Provider.CallCount);

        (await CallAsync(s, "r2")).Is(200);
        Assert.Equal("not_found", (await GetAsync(s, "r2")).Is(404).Code);
        (await PutAsync(s, "r1", """{"limitUsd":"0.01"}""")).Is(200);
        (await CallAsync(s, "r1")).Is(200);
        var spent = (await s.Proxy.LedgerAsync("acme")).Where(entry => entry.GetProperty("run").GetString() == "r1").Sum(entry => CheckScene.Number(entry.GetProperty("costUsd")));
        Assert.Equal(spent, decimal.Parse((await GetAsync(s, "r1")).Text("spentUsd")!, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_run_that_has_ended_takes_no_call_and_what_is_under_way_settles()
    {
        await using var s = await StartAsync();
        (await PutAsync(s, "r1", """{"limitUsd":"1"}""")).Is(200);
        var made = (await s.ReserveAsync("""{"provider":"openai","model":"gpt-4o-mini","costUsd":"0.5","run":"r1"}""")).Is(201);
        var ended = (await SendAsync(s, HttpMethod.Post, "/v1/runs/r1/end")).Is(200);
        Assert.Equal(("ended", "0.50"), (ended.Text("state"), ended.Text("heldUsd")));
        Assert.Equal(ended.Body, (await SendAsync(s, HttpMethod.Post, "/v1/runs/r1/end")).Is(200).Body);
        Assert.Equal("budget_exceeded", (await CallAsync(s, "r1")).Is(402).Code);
        Assert.Equal("budget_exceeded", (await s.ReserveAsync("""{"provider":"openai","model":"gpt-4o-mini","costUsd":"0.1","run":"r1"}""")).Is(402).Code);
        Assert.Equal("False", (await s.PostAsync("/v1/check", """{"run":"r1"}""")).Is(200).Text("allowed"));
        Assert.Equal("run_ended", (await PutAsync(s, "r1", """{"limitUsd":"2"}""")).Is(409).Code);
        (await s.SettleAsync(made.Id, """{"costUsd":"0.25"}""")).Is(200);
        Assert.Equal(("0.25", "0.00"), ((await GetAsync(s, "r1")).Text("spentUsd"), (await GetAsync(s, "r1")).Text("heldUsd")));
        Assert.Equal("not_found", (await SendAsync(s, HttpMethod.Post, "/v1/runs/nobody/end")).Is(404).Code);
    }

    [Fact]
    public async Task Of_racing_calls_of_a_run_those_that_fit_get_in()
    {
        await using var s = await StartAsync();
        (await PutAsync(s, "race", """{"limitUsd":"0.5"}""")).Is(200);
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => s.ReserveAsync("""{"provider":"openai","model":"gpt-4o-mini","costUsd":"0.1","run":"race"}""")));
        Assert.Equal(5, answers.Count(answer => (int)answer.Status == 201));
        Assert.Equal(19, answers.Count(answer => (int)answer.Status == 429));
        Assert.Equal(("0.50", "0.00"), ((await GetAsync(s, "race")).Text("heldUsd"), (await GetAsync(s, "race")).Text("remainingUsd")));
    }

    [Fact]
    public async Task Limits_are_read_with_care_and_many_runs_are_one_budget()
    {
        await using var s = await StartAsync();
        foreach (var body in new[] { "{}", """{"limitUsd":1}""", """{"limitUsd":"-1"}""", """{"limitUsd":"1","x":1}""", "" })
            Assert.Equal("invalid_request", (await PutAsync(s, "r", body)).Is(400).Code);
        Assert.Equal("invalid_request", (await PutAsync(s, new string('r', 257), """{"limitUsd":"1"}""")).Is(400).Code);
        for (var i = 0; i < 130; i++)
            (await PutAsync(s, $"run-*-{i}", """{"limitUsd":"0"}""")).Is(200);
        Assert.Equal(["monthly", "run-limits"], (await s.Proxy.BudgetsAsync("acme")).Keys.Order());
        Assert.Equal("budget_exceeded", (await CallAsync(s, "run-*-7")).Is(402).Code);
        (await CallAsync(s, "run-x-7")).Is(200);
        using var other = s.Proxy.Client(await s.Proxy.CreateTenantAsync("other"));
        Assert.Equal(201, (int)(await s.ReserveAsync("""{"provider":"openai","model":"gpt-4o-mini","costUsd":"0.1","run":"run-*-7"}""", client: other)).Status);
    }

    [Fact]
    public async Task A_tenant_made_again_has_neither_runs_nor_repeat_keys_of_the_one_that_was()
    {
        const string Asked = """{"provider":"openai","model":"gpt-4o-mini","costUsd":"0.1"}""";
        await using var s = await StartAsync();
        (await PutAsync(s, "r1", """{"limitUsd":"0"}""")).Is(200);
        var before = (await s.ReserveAsync(Asked, "key")).Is(201);
        (await s.Proxy.Admin.DeleteAsync(new Uri("tenants/acme", UriKind.Relative))).EnsureSuccessStatusCode();
        using var client = s.Proxy.Client(await s.Proxy.CreateTenantAsync("acme"));
        s.Client.DefaultRequestHeaders.Authorization = client.DefaultRequestHeaders.Authorization;

        Assert.Equal("not_found", (await GetAsync(s, "r1")).Is(404).Code);
        (await PutAsync(s, "r2", """{"limitUsd":"1"}""")).Is(200);
        Assert.Equal("not_found", (await GetAsync(s, "r1")).Is(404).Code);
        (await CallAsync(s, "r1")).Is(200);
        Assert.NotEqual(before.Id, (await s.ReserveAsync(Asked, "key")).Is(201).Id);
    }

    [Fact]
    public async Task A_budget_of_that_name_that_an_admin_makes_meanwhile_is_never_replaced()
    {
        await using var s = await StartAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 24), async (i, _) =>
        {
            using var client = s.Proxy.Client(await s.Proxy.CreateTenantAsync($"t{i}"));
            using var put = new HttpRequestMessage(HttpMethod.Put, "/v1/runs/r") { Content = TestProxy.Json("""{"limitUsd":"1"}""") };
            var run = s.SendAsync(put, client);
            await s.Proxy.PutBudgetAsync($"t{i}", "run-limits", """{"limit":{"requests":7},"window":"day"}""");
            Assert.True((int)(await run).Status is 200 or 409);
            Assert.Equal("7", (await s.Proxy.BudgetsAsync($"t{i}"))["run-limits"].GetProperty("limit").GetProperty("requests").ToString());
        });
    }
}
