using BudgetProxy.Core.Learning;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Tenants;

namespace BudgetProxy.Tests.Learning;

public sealed class LearningKeeperTests
{
    private static readonly ModelProfile Profile = new() { SafetyPercent = 180, ExpectedPercent = 155 };
    private static readonly LearnedKey Acme = new(Provider.Anthropic, "claude", "acme");
    private static readonly InputMix Mix = new(new ScriptMix(4000, 0, 0, 0, 0), 1000, 0, 0, 1800, true);
    private static readonly InputEstimate Text = new(1550, 1800, CountMethod.Calibrated, 0, Mix);

    [Fact]
    public async Task What_one_process_learned_the_next_one_knows()
    {
        using var folder = new TempFolder();
        var learner = new Learner();
        await using (var first = await RunningKeeper.StartAsync(folder.Path, learner))
            Teach(learner, Learner.OwnCalls);
        var again = new Learner();
        await using var second = await RunningKeeper.StartAsync(folder.Path, again);
        Assert.True(again.Refine(Acme, Profile, Text).Bound < Text.Bound);
        Assert.Equal(learner.Refine(Acme, Profile, Text), again.Refine(Acme, Profile, Text));
    }

    [Fact]
    public async Task Two_proxies_learn_from_each_other_and_lose_nothing_while_the_store_is_away()
    {
        using var folder = new TempFolder();
        Learner left = new(), right = new();
        await using var one = await RunningKeeper.StartAsync(folder.Path, left);
        await using var two = await one.BesideAsync(right);
        Teach(left, 20);
        one.Store.Away = true;
        Teach(right, 30);
        await two.TurnAsync();
        await one.TurnAsync();
        Assert.Equal(Text.Bound, left.Refine(Acme, Profile, Text).Bound);
        Teach(left, 5);
        one.Store.Away = false;
        await one.TurnAsync();
        await two.TurnAsync();
        await one.TurnAsync();
        Assert.True(left.Refine(Acme, Profile, Text).Bound < Text.Bound);
        Assert.Equal(left.Refine(Acme, Profile, Text), right.Refine(Acme, Profile, Text));
    }

    [Fact]
    public async Task A_tenant_that_was_deleted_is_forgotten()
    {
        using var folder = new TempFolder();
        var learner = new Learner();
        await using var proxy = await RunningKeeper.StartAsync(folder.Path, learner);
        Teach(learner, Learner.OwnCalls);
        await proxy.TurnAsync();
        Assert.True(learner.Refine(Acme, Profile, Text).Bound < Text.Bound);
        await proxy.Directory.DeleteTenantAsync("acme", CancellationToken.None);
        await proxy.TurnAsync();
        Assert.Equal(Text.Bound, learner.Refine(Acme, Profile, Text).Bound);
        Assert.Equal([""], (await proxy.Store.ReadAsync(0, 10, CancellationToken.None)).Select(row => row.Key.Tenant));
    }

    private static void Teach(Learner learner, int calls)
    {
        for (var call = 0; call < calls; call++)
            learner.LearnInput(Acme, Profile, Mix, 1300);
    }
}
