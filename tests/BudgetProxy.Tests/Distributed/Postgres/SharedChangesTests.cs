using BudgetProxy.Audit;
using BudgetProxy.Core.Money;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Tenants;

namespace BudgetProxy.Tests.Distributed.Postgres;

/// <summary>Two proxies that change the same thing at the same moment.</summary>
public sealed class SharedChangesTests
{
    [Fact]
    public async Task Of_two_that_change_what_they_both_saw_one_loses()
    {
        await using var proxies = await TwoProxies.StartAsync();
        await proxies.A.PutTenantAsync(new Tenant { Id = "acme" }, CancellationToken.None);
        for (var round = 0; round < 20; round++)
        {
            await proxies.B.RefreshAsync(CancellationToken.None);
            var seen = DirectoryShortcuts.Anybody with { If = new Precondition([DefinitionTag.Of(proxies.B.Current.FindTenant("acme")!)]) };
            var name = round;
            var outcomes = await Task.WhenAll(new[] { proxies.A, proxies.B }.Select((proxy, i) => Task.Run(async () =>
                (await proxy.PutTenantAsync(new Tenant { Id = "acme", Name = $"{name} by {i}" }, seen, CancellationToken.None)).Outcome)));
            Assert.Equal([EditOutcome.Done, EditOutcome.Changed], outcomes.Order());
            await proxies.A.RefreshAsync(CancellationToken.None);
            await proxies.B.RefreshAsync(CancellationToken.None);
            Assert.Equal($"{name} by {Array.IndexOf(outcomes, EditOutcome.Done)}", proxies.A.Current.FindTenant("acme")!.Name);
            Assert.Equal(proxies.A.Current.FindTenant("acme")!.Name, proxies.B.Current.FindTenant("acme")!.Name);
        }

        var trail = await new PostgresAuditStore(proxies.Data.Database).ReadAsync(
            new AuditFilter("acme", AuditActions.PutTenant, null, null, null, null), 100, CancellationToken.None);
        Assert.Equal(21, trail.Count);
        // Each entry's before is the after of the one before it: none was decided on an older state.
        for (var i = 0; i + 1 < trail.Count; i++)
            Assert.Equal(trail[i + 1].After, trail[i].Before);
    }

    [Fact]
    public async Task Two_can_not_remove_the_last_two_admin_keys()
    {
        for (var round = 0; round < 10; round++)
        {
            await using var proxies = await TwoProxies.StartAsync();
            var first = proxies.A.Current.AdminKeys.Single();
            var second = await proxies.A.IssueAdminKeyAsync("second", AdminRole.Admin, CancellationToken.None);
            await proxies.B.RefreshAsync(CancellationToken.None);
            var outcomes = await Task.WhenAll(
                Task.Run(async () => (await proxies.A.RemoveAdminKeyAsync(first.Id, DirectoryShortcuts.Anybody, CancellationToken.None)).Outcome),
                Task.Run(async () => (await proxies.B.RemoveAdminKeyAsync(second.Key.Id, DirectoryShortcuts.Anybody, CancellationToken.None)).Outcome));
            Assert.Equal([EditOutcome.Done, EditOutcome.LastAdmin], outcomes.Order());
            Assert.Equal(1L, await proxies.Data.ScalarAsync("SELECT count(*) FROM admin_keys"));
        }
    }

    [Fact]
    public async Task Two_can_not_bring_a_tenant_above_its_most_budgets()
    {
        await using var proxies = await TwoProxies.StartAsync();
        await proxies.A.PutTenantAsync(new Tenant { Id = "acme" }, CancellationToken.None);
        var most = DirectoryRules.MaxBudgetsPerTenant;
        for (var i = 0; i < most - 1; i++)
            await proxies.A.PutBudgetAsync(DirectoryStoreContract.Budget($"b{i}", 1), CancellationToken.None);
        var outcomes = await Task.WhenAll(new[] { proxies.A, proxies.B }.Select((proxy, i) => Task.Run(() =>
            proxy.PutBudgetAsync(DirectoryStoreContract.Budget($"last{i}", 1), CancellationToken.None))));
        Assert.Equal([EditOutcome.Done, EditOutcome.TooManyBudgets], outcomes.Order());
    }

    [Fact]
    public async Task A_plan_holds_on_every_proxy_and_none_can_be_deleted_under_a_tenant()
    {
        await using var proxies = await TwoProxies.StartAsync();
        var plan = new Plan { Id = "pro", Budgets = [DirectoryStoreContract.Budget("monthly", 5) with { Tenant = "" }], MaxCall = new NanoUsd(7), AllowedModels = ["gpt*"] };
        await proxies.A.PutPlanAsync(plan, CancellationToken.None);
        await proxies.B.PutTenantAsync(new Tenant { Id = "acme", Plan = "pro" }, CancellationToken.None);
        await proxies.A.PutPlanAsync(plan with { Budgets = [DirectoryStoreContract.Budget("monthly", 6) with { Tenant = "" }] }, CancellationToken.None);
        await proxies.B.RefreshAsync(CancellationToken.None);
        var tenant = proxies.B.Current.FindTenant("acme")!;
        Assert.Equal(("monthly", 6L, "acme", "pro"), tenant.Budgets.Select(budget => (budget.Name, budget.Limit, budget.Tenant, budget.Plan)).Single());
        Assert.Equal((7L, "gpt*"), (tenant.CeilingInForce!.Value.Value, tenant.ModelsInForce.Single()));

        for (var round = 0; round < 10; round++)
        {
            await proxies.A.PutPlanAsync(new Plan { Id = "free" }, CancellationToken.None);
            await proxies.A.PutTenantAsync(new Tenant { Id = "other" }, CancellationToken.None);
            await proxies.B.RefreshAsync(CancellationToken.None);
            var outcomes = await Task.WhenAll(
                Task.Run(async () => (await proxies.A.DeletePlanAsync("free", DirectoryShortcuts.Anybody, CancellationToken.None)).Outcome),
                Task.Run(async () => (await proxies.B.PutTenantAsync(new Tenant { Id = "other", Plan = "free" }, CancellationToken.None)).Outcome));
            Assert.Contains(outcomes, outcome => outcome == EditOutcome.Done);
            Assert.Contains(outcomes, outcome => outcome is EditOutcome.PlanInUse or EditOutcome.NoSuchPlan);
        }
    }

    [Fact]
    public async Task Changes_of_two_hold_each_other_up_and_none_is_lost()
    {
        await using var proxies = await TwoProxies.StartAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
            (await (i % 2 == 0 ? proxies.A : proxies.B).PutTenantAsync(new Tenant { Id = $"t{i}" }, CancellationToken.None)).Outcome)));
        Assert.All(outcomes, outcome => Assert.Equal(EditOutcome.Done, outcome));
        await proxies.A.RefreshAsync(CancellationToken.None);
        Assert.Equal(40, proxies.A.Current.Tenants.Count());
    }
}
