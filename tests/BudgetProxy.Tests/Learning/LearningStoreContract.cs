using BudgetProxy.Core.Learning;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Tenants;

namespace BudgetProxy.Tests.Learning;

/// <summary>What both stores of what was learned promise.</summary>
public abstract class LearningStoreContract
{
    private static readonly ModelProfile Profile = new() { SafetyPercent = 180, ExpectedPercent = 155 };
    private static readonly LearnedKey Acme = new(Provider.Anthropic, "claude", "acme");

    [Fact]
    public async Task It_holds_the_sum_of_what_is_added()
    {
        await using var factory = await CreateAsync();
        await factory.Directory.SaveTenantAsync(new Tenant { Id = "acme" }, CancellationToken.None);
        for (var i = 0; i < 5; i++)
            await factory.Store.AddAsync(Learned(10), CancellationToken.None);
        var rows = await factory.Store.ReadAsync(0, 100, CancellationToken.None);
        Assert.Equal(["", "acme"], rows.Select(row => row.Key.Tenant).Order());
        Assert.All(rows, row => Assert.Equal(Acme with { Tenant = row.Key.Tenant }, row.Key));
        Assert.Equal(50, CallsOf(rows.Single(row => row.Key == Acme).Part));
    }

    [Fact]
    public async Task What_proxies_add_at_once_is_all_in_it()
    {
        await using var factory = await CreateAsync();
        await factory.Directory.SaveTenantAsync(new Tenant { Id = "acme" }, CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 5; i++)
                await factory.Store.AddAsync(Learned(1), CancellationToken.None);
        })));
        Assert.Equal(40, CallsOf((await factory.Store.ReadAsync(0, 100, CancellationToken.None)).Single(row => row.Key == Acme).Part));
    }

    [Fact]
    public async Task Changes_are_read_once_and_latest_first()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        foreach (var model in new[] { "a", "b", "c" })
            await store.AddAsync([(new LearnedKey(Provider.OpenAi, model, ""), Learned(1)[0].Part)], CancellationToken.None);
        var all = await store.ReadAsync(0, 100, CancellationToken.None);
        Assert.Equal(["c", "b", "a"], all.Select(row => row.Key.Model));
        Assert.Equal(["c", "b"], (await store.ReadAsync(0, 2, CancellationToken.None)).Select(row => row.Key.Model));
        Assert.Empty(await store.ReadAsync(all[0].Version, 100, CancellationToken.None));
        await store.AddAsync([(new LearnedKey(Provider.OpenAi, "a", ""), Learned(1)[0].Part)], CancellationToken.None);
        Assert.Equal(["a"], (await store.ReadAsync(all[0].Version, 100, CancellationToken.None)).Select(row => row.Key.Model));
    }

    [Fact]
    public async Task What_is_of_a_tenant_goes_with_it_and_does_not_come_again()
    {
        await using var factory = await CreateAsync();
        await factory.Directory.SaveTenantAsync(new Tenant { Id = "acme" }, CancellationToken.None);
        await factory.Store.AddAsync(Learned(1), CancellationToken.None);
        await factory.Directory.DeleteTenantAsync("acme", CancellationToken.None);
        await factory.Store.AddAsync(Learned(1), CancellationToken.None);
        Assert.Equal([""], (await factory.Store.ReadAsync(0, 100, CancellationToken.None)).Select(row => row.Key.Tenant));
    }

    [Fact]
    public async Task A_version_is_given_once_though_its_tenant_is_deleted()
    {
        await using var factory = await CreateAsync();
        await factory.Directory.SaveTenantAsync(new Tenant { Id = "acme" }, CancellationToken.None);
        await factory.Store.AddAsync(Learned(1), CancellationToken.None);
        await factory.Store.AddAsync([(Acme, Learned(1)[0].Part)], CancellationToken.None);
        var read = (await factory.Store.ReadAsync(0, 100, CancellationToken.None))[0].Version;
        await factory.Directory.DeleteTenantAsync("acme", CancellationToken.None);
        await factory.Store.AddAsync([(Acme with { Tenant = "" }, Learned(1)[0].Part)], CancellationToken.None);
        Assert.Equal([""], (await factory.Store.ReadAsync(read, 100, CancellationToken.None)).Select(row => row.Key.Tenant));
    }

    [Fact]
    public async Task A_damaged_row_is_none_and_is_written_over()
    {
        await using var factory = await CreateAsync();
        await factory.Directory.SaveTenantAsync(new Tenant { Id = "acme" }, CancellationToken.None);
        await factory.Store.AddAsync(Learned(3), CancellationToken.None);
        await factory.DamageAsync();
        Assert.Empty(await factory.Store.ReadAsync(0, 100, CancellationToken.None));
        await factory.Store.AddAsync(Learned(2), CancellationToken.None);
        Assert.Equal(2, CallsOf((await factory.Store.ReadAsync(0, 100, CancellationToken.None)).Single(row => row.Key == Acme).Part));
    }

    protected abstract Task<ILearningFactory> CreateAsync();

    private static List<(LearnedKey Key, LearnedPart Part)> Learned(int calls)
    {
        var learner = new Learner();
        for (var call = 0; call < calls; call++)
        {
            learner.LearnInput(Acme, Profile, new InputMix(new ScriptMix(4000, 0, 0, 0, 0), 1000, 0, 0, 1800, true), 1300);
            learner.LearnOutput(Acme, 100);
        }

        return learner.TakeUnsaved(100);
    }

    /// <summary>Found by what is needed until it is believed.</summary>
    private static int CallsOf(LearnedPart part)
    {
        for (var missing = 0; missing <= Learner.OwnCalls; missing++)
        {
            var learner = new Learner();
            learner.Replace(Acme, LearnedPart.Read(part.ToBytes())!);
            for (var call = 0; call < missing; call++)
                learner.LearnInput(Acme, Profile, new InputMix(new ScriptMix(4000, 0, 0, 0, 0), 1000, 0, 0, 1800, true), 1300);
            if (learner.Refine(Acme, Profile, new InputEstimate(1550, 1800, CountMethod.Calibrated, 0, new InputMix(new ScriptMix(4000, 0, 0, 0, 0), 1000, 0, 0, 1800, true))).Bound < 1800)
                return Learner.OwnCalls - missing;
        }

        return 0;
    }
}
