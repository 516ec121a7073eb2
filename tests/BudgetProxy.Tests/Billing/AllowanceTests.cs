using BudgetProxy.Billing;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Hosting;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;

namespace BudgetProxy.Tests.Billing;

/// <summary>Allowances at a month's end: the highest that was in force holds, and corrections follow it into later months.</summary>
public sealed class AllowanceTests
{
    private static readonly DateTimeOffset April = new(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_was_raised_after_the_months_last_cut_holds_for_the_month(bool isShared)
    {
        await using var scene = await SceneAsync(isShared);
        using var watch = Watch(scene);
        await scene.PutAsync("a", new Included(LimitKind.Requests, 1), isPrepaid: false);
        await UseAsync(scene, April.AddMinutes(-20), 3);
        await CutAsync(scene, April.AddMinutes(-10));
        Assert.Equal(2_000, await BilledAsync(scene));
        await watch.LookAsync(scene.Lease, April.AddMinutes(-9), default);
        await scene.PutAsync("a", new Included(LimitKind.Requests, 3), isPrepaid: false);
        await watch.LookAsync(scene.Lease, April.AddMinutes(-8), default);
        await scene.PutAsync("a", new Included(LimitKind.Requests, 1), isPrepaid: false);
        await watch.LookAsync(scene.Lease, April.AddMinutes(-7), default);
        await CutAsync(scene, April.AddMinutes(2));
        Assert.Equal(0, await BilledAsync(scene));
        await UseAsync(scene, April.AddMinutes(3), 3);
        await CutAsync(scene, April.AddMinutes(4));
        Assert.Equal(2_000, await BilledAsync(scene));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_was_lowered_or_taken_away_before_the_months_first_cut_holds_for_the_month(bool isShared)
    {
        await using var scene = await SceneAsync(isShared);
        using var watch = Watch(scene);
        await scene.PutAsync("a", new Included(LimitKind.Usd, 2_000), isPrepaid: false);
        await UseAsync(scene, April.AddMinutes(-20), 3);
        await watch.LookAsync(scene.Lease, April.AddMinutes(-19), default);
        await scene.PutAsync("a", null, isPrepaid: false);
        await watch.LookAsync(scene.Lease, April.AddMinutes(-18), default);
        await CutAsync(scene, April.AddMinutes(2));
        Assert.Equal(1_000, await BilledAsync(scene));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_is_lowered_as_the_month_begins_holds_for_the_month_before_alone(bool isShared)
    {
        await using var scene = await SceneAsync(isShared);
        using var watch = Watch(scene);
        await scene.PutAsync("a", new Included(LimitKind.Requests, 3), isPrepaid: false);
        await UseAsync(scene, April.AddMinutes(-20), 3);
        await watch.LookAsync(scene.Lease, April.AddSeconds(-1), default);
        await scene.PutAsync("a", new Included(LimitKind.Requests, 1), isPrepaid: false);
        await watch.LookAsync(scene.Lease, April.AddSeconds(1), default);
        await UseAsync(scene, April.AddMinutes(3), 3);
        await CutAsync(scene, April.AddMinutes(4));
        Assert.Equal(2_000, await BilledAsync(scene));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cut_that_was_planned_before_an_allowance_was_raised_is_void(bool isShared)
    {
        await using var scene = await SceneAsync(isShared);
        await UseAsync(scene, April.AddMinutes(-20), 1);
        var store = scene.Factory.Accruals;
        var reading = await store.ReadAsync(null, 10, default);
        var (march, lease) = (Accrual.MonthOf(April.AddDays(-1)), scene.Lease);
        await store.RaiseAsync([new MonthAllowance("a", march, LimitKind.Usd, 5), new MonthAllowance("a", march, LimitKind.Tokens, 7)], lease, default);
        Assert.Empty(await store.CutAsync([new TenantCut(reading.Bases[0], null, reading.Hours, [], [], [])], lease, default));
        reading = await store.ReadAsync(null, 10, default);
        Assert.Equal([("tokens", 7L), ("usd", 5L)], reading.Allowances.Select(one => (BillingNames.Of(one.Kind), one.Amount)));
        Assert.Single(await store.CutAsync([new TenantCut(reading.Bases[0], null, reading.Hours, [], [], [])], lease, default));
        Assert.Empty((await store.ReadAsync(null, 10, default)).Hours);
        // One that is no higher touches nothing.
        await store.RaiseAsync([new MonthAllowance("a", march, LimitKind.Usd, 5)], lease, default);
        Assert.Empty((await store.ReadAsync(null, 10, default)).Hours);
        await store.RaiseAsync([new MonthAllowance("a", march, LimitKind.Usd, 6)], lease, default);
        Assert.Single((await store.ReadAsync(null, 10, default)).Hours);
        await scene.Factory.Buckets.ReleaseLeaseAsync(lease, default);
        await scene.Factory.Buckets.TakeLeaseAsync(Guid.CreateVersion7(April), April, April.AddYears(9), default);
        await Assert.ThrowsAsync<LeaseLostException>(async () => await store.RaiseAsync([new MonthAllowance("a", march, LimitKind.Usd, 9)], lease, default));
    }

    /// <summary>Only a shared ledger takes entries that settled before others.</summary>
    [Fact]
    public async Task Corrections_in_a_later_month_follow_an_allowance_whose_end_has_moved()
    {
        await using var scene = await SceneAsync(isShared: true);
        await scene.PutAsync("a", new Included(LimitKind.Requests, 2), isPrepaid: false);
        var at = April.AddHours(-5);
        var (first, second) = (CutScene.Entry("a", at, (1_000, 1, 1)), CutScene.Entry("a", at.AddMinutes(1), (1_000, 1, 1)));
        await scene.Factory.BookAsync([first, second], at.AddMinutes(1));
        await scene.Factory.BookAsync([CutScene.Entry("a", April.AddHours(3), (-400, 0, 0), second.Id), CutScene.Entry("a", April.AddHours(40), (50, 0, 0), second.Id)], April.AddHours(40));
        await CutAsync(scene, April.AddHours(41));
        Assert.Equal(0, await BilledAsync(scene));
        Assert.Equal([April.AddHours(3), April.AddHours(40)], await scene.Factory.OtherAccruals.CorrectedAfterAsync("a", Accrual.MonthOf(at), default));
        Assert.Empty(await scene.Factory.OtherAccruals.CorrectedAfterAsync("a", April, default));

        // One that comes late takes the second's place within the allowance.
        await scene.Factory.BookAsync([CutScene.Entry("a", at.AddSeconds(-1), (1_000, 1, 1))], April.AddHours(42));
        await CutAsync(scene, April.AddHours(42));
        Assert.Equal(1_000 - 400 + 50, await BilledAsync(scene));
        await CutAsync(scene, April.AddHours(43));
        Assert.Equal(650, await BilledAsync(scene));
    }

    private static async Task<CutScene> SceneAsync(bool isShared) =>
        await CutScene.CreateAsync(isShared ? await PostgresBillingFactory.CreateAsync() : new SqliteBillingFactory());

    private static AllowanceWatch Watch(CutScene scene) => new(
        scene.Factory.Accruals, scene.Directory, new BillingLeases(scene.Factory.Buckets, new ProxyOptions(), new TestClock()), new TestClock(), NullLogger<AllowanceWatch>.Instance);

    private static async Task UseAsync(CutScene scene, DateTimeOffset at, int calls)
    {
        for (var i = 0; i < calls; i++)
            await scene.Factory.BookAsync([CutScene.Entry("a", at.AddSeconds(i), (1_000, 1, 1))], at.AddSeconds(i));
    }

    private static Task<long> CutAsync(CutScene scene, DateTimeOffset now) =>
        scene.Cutter([new BillingMeter(CutScene.Money, BilledUnit.Charged)]).CutAsync(scene.Lease, April.AddDays(-40), now, default);

    private static async Task<long> BilledAsync(CutScene scene)
    {
        var amount = NanoUsd.Zero;
        await foreach (var bucket in scene.Factory.Buckets.BucketsAsync(new BucketFilter(), default))
            amount += bucket.Amount;
        return amount.Value;
    }
}
