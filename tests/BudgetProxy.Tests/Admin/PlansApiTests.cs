using System.Net;
using System.Text.Json;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Reservations;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Tenants;

namespace BudgetProxy.Tests.Admin;

/// <summary>Limits that many tenants share.</summary>
public sealed class PlansApiTests
{
    private const string Pro = """{"budgets":[{"name":"monthly","limit":{"usd":"5.00"},"window":"month"},{"name":"calls","limit":{"requests":9},"window":"day"}],"allowedModels":["gpt-4o*"],"maxCallUsd":"0.50","included":{"requests":50000}}""";

    [Fact]
    public async Task A_plan_is_shown_as_it_was_put_and_can_be_put_as_it_is_shown()
    {
        await using var host = await AdminHost.StartAsync();
        var put = (await host.PutAsync("/plans/pro", Pro)).Is(HttpStatusCode.OK);
        Assert.Equal(
            """{"name":"pro","budgets":[{"name":"monthly","per":null,"match":{},"limit":{"usd":"5.00"},"window":"month","timezone":null,"mode":"enforce","admission":"strict","alertAt":[]},{"name":"calls","per":null,"match":{},"limit":{"requests":9},"window":"day","timezone":null,"mode":"enforce","admission":"strict","alertAt":[]}],"allowedModels":["gpt-4o*"],"maxCallUsd":"0.50","included":{"requests":50000},"billing":"metered","tenants":0}""",
            put.Body);
        Assert.Equal(put, await host.GetAsync("/plans/pro"));
        Assert.Equal(put, await host.PutAsync("/plans/pro", put.Body));
        await host.PutAsync("/tenants/acme", """{"plan":"pro"}""");
        Assert.Equal(1, (await host.GetAsync("/plans")).Json.GetProperty("items")[0].GetProperty("tenants").GetInt32());
        (await host.DeleteAsync("/plans/pro")).Is(HttpStatusCode.Conflict);
        await host.PutAsync("/tenants/acme", "{}");
        Assert.Equal(HttpStatusCode.NoContent, (await host.DeleteAsync("/plans/pro")).Status);
        (await host.GetAsync("/plans/pro")).Is(HttpStatusCode.NotFound);
        (await host.DeleteAsync("/plans/pro")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_plan_is_stored_also_where_its_client_does_not_wait_for_it()
    {
        FailingDirectoryStore? store = null;
        await using var host = await AdminHost.StartAsync(faults: inner => store = new FailingDirectoryStore(inner));
        var (begun, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var watched = CancellationToken.None;
        store!.Before = async token =>
        {
            watched = token;
            begun.TrySetResult();
            await goOn.Task;
            token.ThrowIfCancellationRequested();
        };
        using (var client = new HttpClient())
        using (var gone = new CancellationTokenSource())
        {
            client.DefaultRequestHeaders.Add("Authorization", "Bearer " + AdminHost.AdminKey);
            using var body = new StringContent(Pro, null, "application/json");
            var put = client.PutAsync(new Uri(host.Address, "/admin/v1/plans/pro"), body, gone.Token);
            await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put);
        }

        // The server hears within milliseconds of a client that hangs up.
        for (var i = 0; i < 50 && !watched.IsCancellationRequested; i++)
            await Task.Delay(10);
        goOn.SetResult();
        await Poll.UntilAsync(() => host.Directory.Current.FindPlan("pro") is not null, TimeSpan.FromSeconds(10), "the plan in force");
    }

    [Theory]
    [InlineData("budgets[1].limit", """{"budgets":[{"name":"a","limit":{"usd":"1"},"window":"day"},{"name":"b","window":"day"}]}""")]
    [InlineData("budgets[1].name", """{"budgets":[{"name":"a","limit":{"usd":"1"},"window":"day"},{"name":"a","limit":{"usd":"1"},"window":"day"}]}""")]
    [InlineData("budgets[0].name", """{"budgets":[{"limit":{"usd":"1"},"window":"day"}]}""")]
    [InlineData("budgets", """{"budgets":{}}""")]
    [InlineData("name", """{"name":"other"}""")]
    [InlineData("maxCallUsd", """{"maxCallUsd":5}""")]
    [InlineData("budget", """{"budget":[]}""")]
    [InlineData("budgets[0].limit", """{"budgets":[{"name":"a","limit":{"usd":null},"window":"day"}]}""")]
    [InlineData("included", """{"included":{}}""")]
    [InlineData("included", """{"included":{"usd":"1","tokens":5}}""")]
    [InlineData("included", """{"included":{"usd":null}}""")]
    [InlineData("included.usd", """{"included":{"usd":5}}""")]
    [InlineData("included.requests", """{"included":{"requests":-1}}""")]
    [InlineData("included.calls", """{"included":{"calls":5,"requests":1}}""")]
    [InlineData("billing", """{"billing":"later"}""")]
    [InlineData("billing", """{"billing":"prepaid"}""")]
    [InlineData("billing", """{"billing":"prepaid","budgets":[{"name":"a","limit":{"usd":"1"},"window":"lifetime"}]}""")]
    [InlineData("billing", """{"billing":"prepaid","budgets":[{"name":"a","limit":{"chargedUsd":"1"},"window":"month"}]}""")]
    [InlineData("billing", """{"billing":"prepaid","budgets":[{"name":"a","limit":{"chargedUsd":"1"},"window":"lifetime","per":"user"}]}""")]
    [InlineData("billing", """{"billing":"prepaid","budgets":[{"name":"a","limit":{"chargedUsd":"1"},"window":"lifetime"},{"name":"b","limit":{"chargedUsd":"1"},"window":"lifetime"}]}""")]
    [InlineData("included", """{"billing":"prepaid","included":{"usd":"1"},"budgets":[{"name":"a","limit":{"chargedUsd":"0"},"window":"lifetime"}]}""")]
    [InlineData("budgets[0].limit.chargedUsd", """{"budgets":[{"name":"a","limit":{"chargedUsd":1},"window":"lifetime"}]}""")]
    public async Task A_wrong_field_is_named_and_nothing_is_made(string field, string json)
    {
        await using var host = await AdminHost.StartAsync();
        Assert.NotEmpty((await host.PutAsync("/plans/pro", json)).ErrorOf(field));
        (await host.GetAsync("/plans/pro")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_tenants_own_budget_wins_and_the_plans_comes_back_when_it_is_deleted()
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/plans/pro", Pro);
        await host.PutAsync("/tenants/acme", """{"plan":"pro","timezone":"Asia/Tokyo"}""");
        await host.PutAsync("/tenants/acme/budgets/own", """{"limit":{"usd":"1"},"window":"day"}""");
        Assert.Equal([("calls", "plan:pro"), ("monthly", "plan:pro"), ("own", "tenant")], await BudgetsAsync(host));
        // In the tenant's own zone: Tokyo's month begins at 15:00 UTC.
        var resets = DateTimeOffset.Parse((await host.GetAsync("/tenants/acme/budgets/monthly")).Json.GetProperty("resetsAt").GetString()!, null);
        Assert.Equal(15, resets.UtcDateTime.Hour);

        (await host.DeleteAsync("/tenants/acme/budgets/monthly")).Is(HttpStatusCode.Conflict);
        var own = (await host.PutAsync("/tenants/acme/budgets/monthly", """{"limit":{"usd":"7.00"},"window":"month"}""")).Json;
        Assert.Equal(("tenant", "7.00"), (own.GetProperty("from").GetString(), own.GetProperty("remaining").GetString()));
        await host.PutAsync("/plans/pro", """{"budgets":[{"name":"monthly","limit":{"usd":"6.00"},"window":"month"}]}""");
        Assert.Equal([("monthly", "tenant"), ("own", "tenant")], await BudgetsAsync(host));
        Assert.Equal(HttpStatusCode.NoContent, (await host.DeleteAsync("/tenants/acme/budgets/monthly")).Status);
        var back = (await host.GetAsync("/tenants/acme/budgets/monthly")).Json;
        Assert.Equal(("plan:pro", "6.00"), (back.GetProperty("from").GetString(), back.GetProperty("remaining").GetString()));
        await host.PutAsync("/tenants/acme", "{}");
        Assert.Equal([("own", "tenant")], await BudgetsAsync(host));
    }

    [Fact]
    public async Task A_patch_of_a_plans_budget_makes_it_the_tenants_own()
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/plans/pro", Pro);
        await host.PutAsync("/tenants/acme", """{"plan":"pro"}""");
        var own = (await host.SendAsync("PATCH", "/tenants/acme/budgets/monthly", """{"limit":{"usd":"8.00"}}""", AdminHost.AdminKey)).Is(HttpStatusCode.OK).Json;
        Assert.Equal(("tenant", "8.00", "month"), (own.GetProperty("from").GetString(), own.GetProperty("remaining").GetString(), own.GetProperty("window").GetString()));
    }

    [Fact]
    public async Task Counters_of_every_tenant_are_made_from_the_ledger_when_a_plan_is_new_or_counts_otherwise()
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/plans/pro", "{}");
        foreach (var tenant in new[] { "acme", "other" })
        {
            await host.PutAsync($"/tenants/{tenant}", """{"plan":"pro"}""");
            await SpendAsync(host, tenant, 1_000_000_000);
        }

        await host.PutAsync("/plans/pro", Pro);
        Assert.Equal(("4.00", "8"), await RemainingAsync(host, "acme"));
        await SpendAsync(host, "acme", 500_000_000);
        Assert.Equal(("3.50", "7"), await RemainingAsync(host, "acme"));
        Assert.Equal(("4.00", "8"), await RemainingAsync(host, "other"));

        // Counted by something else for a while, and back: the counters between were made and dropped.
        await host.PutAsync("/plans/pro", """{"budgets":[{"name":"monthly","limit":{"usd":"5.00"},"window":"year"},{"name":"calls","limit":{"requests":9},"window":"day"}]}""");
        await SpendAsync(host, "acme", 250_000_000);
        await host.PutAsync("/plans/pro", """{"budgets":[{"name":"calls","limit":{"requests":9},"window":"day"}]}""");
        await SpendAsync(host, "acme", 250_000_000);
        await host.PutAsync("/plans/pro", Pro);
        Assert.Equal(("3.00", "5"), await RemainingAsync(host, "acme"));
        Assert.Equal(0, await host.Reservations.MeasureDriftAsync(CancellationToken.None));
    }

    [Fact]
    public async Task What_was_done_to_a_plans_budget_stays_with_the_tenant_and_goes_with_the_budget()
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/plans/pro", Pro);
        await host.PutAsync("/tenants/acme", """{"plan":"pro"}""");
        await host.PutAsync("/tenants/other", """{"plan":"pro"}""");
        (await host.PostAsync("/tenants/acme/budgets/monthly/topup", """{"usd":"2"}""")).Is(HttpStatusCode.OK);
        Assert.Equal(("7.00", "9"), await RemainingAsync(host, "acme"));
        Assert.Equal(("5.00", "9"), await RemainingAsync(host, "other"));
        await host.PutAsync("/plans/pro", Pro.Replace("5.00", "6.00", StringComparison.Ordinal));
        Assert.Equal(("8.00", "9"), await RemainingAsync(host, "acme"));
        await host.PutAsync("/plans/pro", "{}");
        await host.PutAsync("/plans/pro", Pro);
        Assert.Equal(("5.00", "9"), await RemainingAsync(host, "acme"));
    }

    [Fact]
    public async Task No_tenant_comes_to_more_budgets_than_a_call_can_hold()
    {
        await using var host = await AdminHost.StartAsync();
        var most = DirectoryRules.MaxBudgetsPerTenant;
        await host.PutAsync("/plans/full", Plan(most));
        (await host.PutAsync("/plans/fuller", Plan(most + 1))).ErrorOf("budgets");
        await host.PutAsync("/tenants/acme", """{"plan":"full"}""");
        (await host.PutAsync("/tenants/acme/budgets/own", """{"limit":{"usd":"1"},"window":"day"}""")).Is(HttpStatusCode.Conflict);
        (await host.PutAsync("/tenants/acme/budgets/b7", """{"limit":{"usd":"1"},"window":"day"}""")).Is(HttpStatusCode.OK);
        await host.PutAsync("/plans/small", Plan(most - 1));
        await host.PutAsync("/tenants/acme", """{"plan":"small"}""");
        (await host.PutAsync("/tenants/acme/budgets/own", """{"limit":{"usd":"1"},"window":"day"}""")).Is(HttpStatusCode.OK);
        Assert.Contains("acme", (await host.PutAsync("/plans/small", Plan(most))).Is(HttpStatusCode.Conflict).Body, StringComparison.Ordinal);
        (await host.PutAsync("/tenants/acme", """{"plan":"full"}""")).Is(HttpStatusCode.Conflict);

        static string Plan(int budgets) => JsonSerializer.Serialize(new
        {
            budgets = Enumerable.Range(0, budgets).Select(i => new { name = $"b{i}", limit = new { requests = 5 }, window = "day" }),
        });
    }

    private static async Task<List<(string?, string?)>> BudgetsAsync(AdminHost host) =>
    [
        .. (await host.GetAsync("/tenants/acme/budgets")).Json.GetProperty("items").EnumerateArray()
            .Select(budget => (budget.GetProperty("name").GetString(), budget.GetProperty("from").GetString())),
    ];

    private static async Task<(string? Usd, string Calls)> RemainingAsync(AdminHost host, string tenant) => (
        (await host.GetAsync($"/tenants/{tenant}/budgets/monthly")).Json.GetProperty("remaining").GetString(),
        (await host.GetAsync($"/tenants/{tenant}/budgets/calls")).Json.GetProperty("remaining").GetRawText());

    private static async Task SpendAsync(AdminHost host, string tenant, long nanoUsd)
    {
        var caller = new Caller { Tenant = tenant, Key = "key_1" };
        var usage = new Usage { Input = 10 };
        var holds = new List<Hold>();
        BudgetMatcher.Match(host.Directory.Current.FindTenant(tenant)!.Budgets, caller, Provider.OpenAi, "gpt-4o", CallBounds.Strict(new NanoUsd(nanoUsd), 10, 0), holds);
        var call = new Reservation
        {
            Id = Guid.CreateVersion7(), Caller = caller, Provider = Provider.OpenAi, Api = ProviderApi.OpenAiChat, Model = "gpt-4o", Amount = new NanoUsd(nanoUsd),
            WorstUsage = usage, StartedAt = TimeProvider.System.GetUtcNow(), Lifetime = TimeSpan.FromMinutes(1), Holds = holds,
        };
        Assert.Null((await host.Reservations.ReserveAsync(call, CancellationToken.None)).Refusal);
        var settlement = new Settlement(usage, UsageBasis.Reported, new NanoUsd(nanoUsd), null, "gpt-4o", 200);
        Assert.Equal(SettleOutcome.Resolved, await host.Reservations.SettleAsync(tenant, call.Id, settlement, CancellationToken.None));
    }
}
