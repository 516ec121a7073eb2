using BudgetProxy.Audit;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Tenants;

namespace BudgetProxy.Tests.Tenants;

/// <summary>What every store of the directory must do. An adapter's test class gives the factory and inherits the tests.</summary>
public abstract class DirectoryStoreContract
{
    private static readonly DateTimeOffset Day = new(2026, 3, 10, 12, 0, 0, 7, TimeSpan.Zero);

    protected abstract Task<IDirectoryFactory> CreateAsync();

    [Fact]
    public async Task What_was_saved_is_loaded_to_the_last_field()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        Tenant bare = new() { Id = "Zebra" }, full = new()
        {
            Id = "acme",
            Name = "Ácme \"Ltd\" 😀",
            TimeZone = "Europe/Berlin",
            StripeCustomerId = "cus_1",
            MarkupBasisPoints = 1_500,
            AllowedModels = ["gpt-4o*", "claude-*"],
            MaxCall = NanoUsd.MaxLimit,
            Suspended = true,
        };
        var plan = new Plan
        {
            Id = "pro", AllowedModels = ["gpt-4o*", "a\"b"], MaxCall = new NanoUsd(7), Included = new Included(LimitKind.Tokens, 1L << 52), Billing = PlanBilling.Prepaid,
            Budgets = [.. Budgets(full).Select(budget => budget with { Tenant = "", Window = budget.Window with { TimeZone = budget.InheritsTimeZone ? TimeZoneInfo.Utc : budget.Window.TimeZone } })],
        };
        await store.SavePlanAsync(plan, CancellationToken.None);
        await store.SavePlanAsync(new Plan { Id = "free" }, CancellationToken.None);
        full = full with { Plan = "pro" };
        await store.SaveTenantAsync(full, CancellationToken.None);
        await store.SaveTenantAsync(bare, CancellationToken.None);
        var budgets = Budgets(full).ToList();
        foreach (var budget in budgets)
            await store.SaveBudgetAsync(budget, CancellationToken.None);
        var plain = Key("key_2", "acme");
        StoredKey second = plain with { Key = plain.Key with { Replaces = "key_1" } }, first = Key("key_1", "acme", everything: true);
        await store.SaveKeyAsync(second, CancellationToken.None);
        await store.SaveKeyAsync(first, CancellationToken.None);
        var admin = Admin("adk_1", AdminRole.Finance);
        await store.SaveAdminKeyAsync(admin, CancellationToken.None);

        var expected = new DirectoryContent([bare, full with { Budgets = budgets }], [first, second], [admin], [new Plan { Id = "free" }, plan]);
        Assert.Equal(DirectoryText.Of(expected), DirectoryText.Of(await store.LoadAsync(CancellationToken.None)));
    }

    [Fact]
    public async Task A_save_replaces_what_has_the_same_id_and_leaves_the_rest()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        var tenant = new Tenant { Id = "acme", Name = "old", MaxCall = new NanoUsd(5), AllowedModels = ["a"] };
        await store.SaveTenantAsync(tenant with { Budgets = [Budget("one", 1), Budget("two", 2)] }, CancellationToken.None);
        await store.SaveBudgetAsync(Budget("three", 3), CancellationToken.None);
        await store.SaveBudgetAsync(Budget("one", 10, "month"), CancellationToken.None);
        await store.SaveTenantAsync(new Tenant { Id = "acme", Name = "new" }, CancellationToken.None);
        var key = Key("key_1", "acme");
        await store.SaveKeyAsync(key, CancellationToken.None);
        var revoked = key with { Key = key.Key with { Revoked = true } };
        await store.SaveKeyAsync(revoked, CancellationToken.None);
        await store.SaveAdminKeyAsync(Admin("adk_1", AdminRole.Viewer), CancellationToken.None);
        await store.SaveAdminKeyAsync(Admin("adk_1", AdminRole.Admin), CancellationToken.None);

        var content = await store.LoadAsync(CancellationToken.None);
        var loaded = Assert.Single(content.Tenants);
        Assert.Equal(("new", null), (loaded.Name, loaded.MaxCall));
        Assert.Empty(loaded.AllowedModels);
        Assert.Equal([("one", 10L, "month"), ("two", 2L, "day"), ("three", 3L, "day")], loaded.Budgets.Select(b => (b.Name, b.Limit, b.Window.ToString())));
        Assert.True(Assert.Single(content.Keys).Key.Revoked);
        Assert.Equal(AdminRole.Admin, Assert.Single(content.AdminKeys).Role);
    }

    [Fact]
    public async Task A_budget_without_a_zone_follows_its_tenants()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        await store.SaveTenantAsync(new Tenant { Id = "acme" }, CancellationToken.None);
        await store.SaveBudgetAsync(Budget("b", 1) with { InheritsTimeZone = true }, CancellationToken.None);
        await store.SaveTenantAsync(new Tenant { Id = "acme", TimeZone = "Asia/Tokyo" }, CancellationToken.None);
        var budget = Assert.Single(Assert.Single((await store.LoadAsync(CancellationToken.None)).Tenants).Budgets);
        Assert.Equal(("Asia/Tokyo", true), (budget.Window.TimeZone.Id, budget.InheritsTimeZone));
    }

    [Fact]
    public async Task A_deleted_tenant_takes_its_keys_and_budgets_with_it_and_nothing_of_others()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        foreach (var id in new[] { "acme", "other" })
        {
            await store.SaveTenantAsync(new Tenant { Id = id }, CancellationToken.None);
            await store.SaveKeyAsync(Key("key_" + id, id), CancellationToken.None);
            await store.SaveBudgetAsync(Budget("b", 1) with { Tenant = id }, CancellationToken.None);
            await store.SaveBudgetAsync(Budget("c", 1) with { Tenant = id }, CancellationToken.None);
        }

        await store.DeleteTenantAsync("acme", CancellationToken.None);
        await store.DeleteTenantAsync("nobody", CancellationToken.None);
        await store.DeleteBudgetAsync("other", "b", CancellationToken.None);
        await store.DeleteBudgetAsync("other", "nothing", CancellationToken.None);
        var content = await store.LoadAsync(CancellationToken.None);
        Assert.Equal("c", Assert.Single(Assert.Single(content.Tenants).Budgets).Name);
        Assert.Equal("other", Assert.Single(content.Keys).Key.Tenant);
        await store.SaveTenantAsync(new Tenant { Id = "acme" }, CancellationToken.None);
        Assert.Empty((await store.LoadAsync(CancellationToken.None)).Tenants.Single(tenant => tenant.Id == "acme").Budgets);
    }

    [Fact]
    public async Task Acts_come_with_their_budget_and_go_with_it()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        foreach (var id in new[] { "acme", "other" })
        {
            await store.SaveTenantAsync(new Tenant { Id = id }, CancellationToken.None);
            await store.SaveBudgetAsync(Budget("b", 1) with { Tenant = id, Per = BudgetDimension.User }, CancellationToken.None);
        }

        BudgetAct first = new("acme", "b", "key 1", null, null, 5, Day), second = new("acme", "b", "key 2", "user", "Ánn", null, Day.AddDays(1)),
            elsewhere = new("other", "b", "key 1", null, null, NanoUsd.MaxLimit.Value, Day);
        foreach (var act in new[] { first, second, elsewhere })
            await store.AddActAsync(act, Day, CancellationToken.None);
        Assert.Equal([first, second], await ActsAsync("acme"));
        await store.SaveBudgetAsync(Budget("b", 2) with { Per = BudgetDimension.User }, CancellationToken.None);
        await store.SaveTenantAsync(new Tenant { Id = "acme", Name = "new" }, CancellationToken.None);
        Assert.Equal([first, second], await ActsAsync("acme"));
        // Those before an instant are forgotten, of this budget alone.
        var third = second with { Id = "key 3", At = Day.AddDays(2) };
        await store.AddActAsync(third, Day.AddDays(1), CancellationToken.None);
        Assert.Equal([second, third], await ActsAsync("acme"));
        await store.DeleteBudgetAsync("acme", "b", CancellationToken.None);
        await store.SaveBudgetAsync(Budget("b", 1), CancellationToken.None);
        Assert.Empty(await ActsAsync("acme"));
        Assert.Equal([elsewhere], await ActsAsync("other"));
        await store.DeleteTenantAsync("other", CancellationToken.None);
        await store.SaveTenantAsync(new Tenant { Id = "other", Budgets = [Budget("b", 1) with { Tenant = "other" }] }, CancellationToken.None);
        Assert.Empty(await ActsAsync("other"));

        async Task<IReadOnlyList<BudgetAct>> ActsAsync(string tenant) =>
            DirectorySnapshot.Of(await store.LoadAsync(CancellationToken.None)).FindTenant(tenant)!.Budgets.Single().Acts.All;
    }

    [Fact]
    public async Task Acts_of_a_step_are_stored_in_their_order_each_after_what_it_forgets()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        await store.SaveTenantAsync(new Tenant { Id = "acme", Budgets = [Budget("b", 1), Budget("c", 1)] }, CancellationToken.None);
        BudgetAct Act(string id, int day, string budget = "b") => new("acme", budget, id, null, null, 1, new DateTimeOffset(2026, 1, day, 0, 0, 0, TimeSpan.Zero));
        foreach (var act in new[] { Act("one", 1), Act("two", 2), Act("three", 20), Act("other", 1, "c") })
            await store.AddActAsync(act, DateTimeOffset.UnixEpoch, CancellationToken.None);
        var write = new DirectoryWrite { Acts = [(Act("merged", 2), Act("", 10).At), (Act("kept", 1), DateTimeOffset.UnixEpoch), (Act("new", 30), DateTimeOffset.UnixEpoch)] };
        await store.WriteAsync(write, CancellationToken.None);
        var acts = (await store.LoadAsync(CancellationToken.None)).Tenants.Single().Acts;
        Assert.Equal(["kept", "merged", "new", "other", "three"], acts.Select(act => act.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_step_is_stored_whole_with_its_audit_entries_and_a_plan_can_be_replaced_and_deleted()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        await store.SavePlanAsync(new Plan { Id = "pro", MaxCall = new NanoUsd(1) }, CancellationToken.None);
        await store.WriteAsync(
            new DirectoryWrite
            {
                Plans = [new Plan { Id = "pro", MaxCall = new NanoUsd(2), Included = new Included(LimitKind.Requests, 0) }, new Plan { Id = "new" }],
                Tenants = [new Tenant { Id = "acme", Plan = "new" }],
                Budgets = [Budget("b", 1)],
                Keys = [Key("key_1", "acme")],
                Audit = [new AuditEntry(Day, new AuditActor("adk_1", "ann"), "one", "acme", "acme", null, "{}"), new AuditEntry(Day, AuditActor.Proxy, "two", "x", null, "{}", null)],
            },
            CancellationToken.None);
        var content = await store.LoadAsync(CancellationToken.None);
        Assert.Equal([("new", null), ("pro", 2L)], content.Plans.Select(plan => (plan.Id, plan.MaxCall?.Value)));
        Assert.Equal([null, new Included(LimitKind.Requests, 0)], content.Plans.Select(plan => plan.Included));
        Assert.Equal(("new", "b", "key_1"), (content.Tenants.Single().Plan, content.Tenants.Single().Budgets.Single().Name, content.Keys.Single().Key.Id));
        var entries = await factory.Audit.ReadAsync(new AuditFilter(null, null, null, null, null, null), 10, CancellationToken.None);
        Assert.Equal([("two", null, "budgetproxy", "{}", null), ("one", "acme", "adk_1", null, "{}")], entries.Select(entry => (entry.Action, entry.Tenant, entry.By.Id, entry.Before, entry.After)));
        Assert.Equal("one", (await factory.Audit.ReadAsync(new AuditFilter(null, null, "ann", Day, Day.AddTicks(10_000), entries[0].Id), 10, CancellationToken.None)).Single().Action);
        Assert.Empty(await factory.Audit.ReadAsync(new AuditFilter("no\0ne", null, null, null, null, null), 10, CancellationToken.None));

        await store.WriteAsync(new DirectoryWrite { Tenants = [new Tenant { Id = "acme" }], DeletedPlans = ["new"] }, CancellationToken.None);
        Assert.Equal("pro", (await store.LoadAsync(CancellationToken.None)).Plans.Single().Id);
    }

    [Fact]
    public async Task Where_nothing_happened_nothing_has_changed()
    {
        await using var factory = await CreateAsync();
        await factory.Store.SaveTenantAsync(new Tenant { Id = "acme" }, CancellationToken.None);
        var version = (await factory.Store.LoadAsync(CancellationToken.None)).Version;
        Assert.Null(await factory.Store.ChangesSinceAsync(version, CancellationToken.None));
    }

    internal static Budget Budget(string name, long limit, string window = "day", string zone = "UTC") => new()
    {
        Tenant = "acme",
        Name = name,
        LimitKind = LimitKind.Usd,
        Limit = limit,
        Window = BudgetWindow.TryParse(window, TimeZoneInfo.FindSystemTimeZoneById(zone), out var parsed) ? parsed : throw new FormatException(window),
    };

    internal static StoredKey Key(string id, string tenant, bool everything = false) => new(
        new VirtualKey
        {
            Id = id,
            Tenant = tenant,
            Name = "name of " + id,
            Prefix = "bp_" + id,
            User = everything ? "ann" : null,
            Project = everything ? "p" : null,
            AllowedModels = everything ? ["gpt-4o", "a,b"] : [],
            ExpiresAt = everything ? Day.AddDays(1) : null,
            CreatedAt = Day,
        },
        KeyHash.Of(id));

    internal static AdminKey Admin(string id, AdminRole role) => new(id, "name of " + id, role, "bpa_" + id, Day, KeyHash.Of(id));

    /// <summary>Budgets that between them use every value there is.</summary>
    private static IEnumerable<Budget> Budgets(Tenant tenant)
    {
        var windows = new[] { "minute", "hour", "day", "week", "month", "quarter", "year", "lifetime", "rolling:PT90S", "rolling:P30D" };
        for (var i = 0; i < windows.Length; i++)
        {
            var per = i < Enum.GetValues<BudgetDimension>().Length - 1 ? (BudgetDimension?)i : null;
            yield return Budget($"b{windows.Length - i}", i * 1_000L, windows[i], i % 2 == 0 ? "America/New_York" : tenant.TimeZone!) with
            {
                InheritsTimeZone = i % 2 != 0,
                Per = per,
                PerTag = per == BudgetDimension.Tag ? "team" : null,
                Match = i % 3 == 0 ? [] : [new(BudgetDimension.Provider, null, "open*"), new(BudgetDimension.Tag, "cost centre", "\"1\"")],
                LimitKind = (LimitKind)(i % 4),
                Mode = (BudgetMode)(i % 2),
                Admission = (Admission)(i % 3),
                AlertAtPercent = i % 4 == 0 ? [] : [50, 80, 100],
            };
        }
    }
}
