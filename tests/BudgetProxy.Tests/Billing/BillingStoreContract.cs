using BudgetProxy.Billing;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Tests.Billing;

/// <summary>What both stores of buckets promise.</summary>
public abstract partial class BillingStoreContract
{
    private const string Meter = "micro_usd";
    private static readonly DateTimeOffset Noon = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid One = Guid.CreateVersion7(Noon);
    private static readonly Guid Two = Guid.CreateVersion7(Noon);

    protected abstract Task<IBillingStoreFactory> CreateAsync();

    [Fact]
    public async Task The_lease_is_one_proxys_and_what_another_wrote_under_an_old_one_is_refused()
    {
        await using var factory = await CreateAsync();
        var lease = await factory.Buckets.TakeLeaseAsync(One, Noon, Noon.AddSeconds(30), default);
        Assert.NotNull(lease);
        Assert.Null(await factory.Other.TakeLeaseAsync(Two, Noon.AddSeconds(29), Noon.AddSeconds(59), default));
        var kept = await factory.Buckets.TakeLeaseAsync(One, Noon.AddSeconds(20), Noon.AddSeconds(50), default);
        Assert.Equal(lease.Value.Token, kept!.Value.Token);
        var taken = await factory.Other.TakeLeaseAsync(Two, Noon.AddSeconds(50), Noon.AddSeconds(80), default);
        Assert.NotEqual(lease.Value.Token, taken!.Value.Token);
        Assert.Equal(taken, (await factory.Buckets.StateAsync(default)).Lease);

        await Assert.ThrowsAsync<LeaseLostException>(async () => await factory.Buckets.SaveAsync([], kept.Value, default));
        await Assert.ThrowsAsync<LeaseLostException>(async () => await factory.Buckets.EndRunAsync(1, Noon, null, kept.Value, default));
        await Assert.ThrowsAsync<LeaseLostException>(async () => await factory.Buckets.StopAsync("x", Noon, kept.Value, default));
        await Assert.ThrowsAsync<LeaseLostException>(async () => await factory.Accruals.CutAsync([], kept.Value, default));
        await factory.AccrueAsync(new Accrual("acme", Noon.AddHours(-2), 1, 1, new NanoUsd(1), new NanoUsd(1)));
        await Assert.ThrowsAsync<LeaseLostException>(async () => await factory.Accruals.PassOverAsync(Noon, 10, kept.Value, default));
        Assert.Single((await factory.Accruals.ReadAsync(null, 10, default)).Hours);
        await factory.Buckets.ReleaseLeaseAsync(kept.Value, default);
        Assert.Null(await factory.Buckets.TakeLeaseAsync(One, Noon.AddSeconds(60), Noon.AddSeconds(90), default));
        await factory.Other.ReleaseLeaseAsync(taken.Value, default);
        Assert.NotNull(await factory.Buckets.TakeLeaseAsync(One, Noon.AddSeconds(60), Noon.AddSeconds(90), default));
    }

    [Fact]
    public async Task Runs_are_asked_for_and_ended_and_what_stops_them_is_kept()
    {
        await using var factory = await CreateAsync();
        var lease = await LeaseAsync(factory);
        var fresh = await factory.Other.StateAsync(default);
        Assert.Equal((0L, 0L), (fresh.Wanted, fresh.Finished));
        Assert.Null(fresh.StartsAt ?? fresh.LastRunAt);
        Assert.Equal(1, await factory.Other.WantRunAsync(default));
        Assert.Equal(2, await factory.Buckets.WantRunAsync(default));
        await factory.Buckets.EndRunAsync(2, Noon, "no answer", lease, default);
        await factory.Buckets.StopAsync("refused the key", Noon, lease, default);
        await factory.Buckets.StopAsync("refused the key again", Noon.AddHours(1), lease, default);
        var state = await factory.Other.StateAsync(default);
        Assert.Equal((2L, 2L), (state.Wanted, state.Finished));
        Assert.Equal(Noon, state.LastRunAt);
        Assert.Equal(("no answer", Noon), state.Error);
        Assert.Equal(("refused the key again", Noon), state.Stopped);
        await factory.Buckets.EndRunAsync(1, Noon.AddHours(2), null, lease, default);
        await factory.Buckets.StopAsync(null, Noon.AddHours(2), lease, default);
        state = await factory.Other.StateAsync(default);
        Assert.Equal(2, state.Finished);
        Assert.Null(state.Error);
        Assert.Null(state.Stopped);
    }

    [Fact]
    public async Task Usage_is_billed_from_an_hour_on_and_an_earlier_one_brings_back_all_hours_from_it_on()
    {
        await using var factory = await CreateAsync();
        var lease = await LeaseAsync(factory);
        foreach (var hour in new[] { -3, -2, -1, 0 })
            await factory.AccrueAsync(new Accrual("acme", Noon.AddHours(hour), 1, 1, new NanoUsd(1), new NanoUsd(1)));
        await CutAllAsync(factory, lease);
        Assert.Empty((await factory.Accruals.ReadAsync(null, 10, default)).Hours);
        await factory.Buckets.StartAsync(null, Noon.AddMinutes(5), default);
        Assert.Equal(Noon, (await factory.Buckets.StateAsync(default)).StartsAt);
        Assert.Equal([Noon], (await factory.Accruals.ReadAsync(null, 10, default)).Hours.Select(hour => hour.Hour));
        await CutAllAsync(factory, lease);

        await factory.Buckets.StartAsync(Noon.AddHours(-2), Noon.AddDays(1), default);
        Assert.Equal([Noon.AddHours(-2), Noon.AddHours(-1), Noon], (await factory.Accruals.ReadAsync(null, 10, default)).Hours.Select(hour => hour.Hour));
        await factory.Buckets.StartAsync(null, Noon.AddDays(2), default);
        Assert.Equal(Noon.AddHours(-2), (await factory.Buckets.StateAsync(default)).StartsAt);
    }

    [Fact]
    public async Task What_has_changed_is_read_by_tenant_and_hour_page_by_page_with_what_was_cut_of_it()
    {
        await using var factory = await CreateAsync();
        var lease = await LeaseAsync(factory);
        foreach (var tenant in new[] { "b", "a", "c" })
        {
            foreach (var hour in new[] { 1, 0 })
                await factory.AccrueAsync(new Accrual(tenant, Noon.AddHours(hour), 2, 30, new NanoUsd(400), new NanoUsd(500)));
        }

        var first = await factory.Accruals.ReadAsync(null, 3, default);
        Assert.Equal([("a", 0), ("a", 1), ("b", 0)], first.Hours.Select(hour => (hour.Tenant, (int)(hour.Hour - Noon).TotalHours)));
        Assert.Equal(new Accrual("a", Noon, 2, 30, new NanoUsd(400), new NanoUsd(500)), first.Hours[0]);
        Assert.Equal(["a", "b"], first.Bases.Select(one => one.Tenant));
        Assert.All(first.Bases, one => Assert.Equal((0L, null, 0), (one.Cuts, one.Customer, one.Totals.Count)));
        var rest = await factory.Accruals.ReadAsync(("b", Noon), 10, default);
        Assert.Equal([("b", 1), ("c", 0), ("c", 1)], rest.Hours.Select(hour => (hour.Tenant, (int)(hour.Hour - Noon).TotalHours)));

        var bucket = NewBucket("a", Noon, 0, 500, 0) with { State = BucketState.Sent, Stamp = Noon, SentAt = Noon };
        var cut = new TenantCut(
            first.Bases[0], "cus_1", [.. first.Hours.Take(1)], [bucket], [new MeterTotal("a", Meter, new NanoUsd(500), 0, 1)],
            [new MonthAllowance("a", Noon.AddDays(-9).AddHours(-12), LimitKind.Requests, 5)]);
        Assert.Equal(["a"], await factory.Accruals.CutAsync([cut], lease, default));
        await factory.AccrueAsync(new Accrual("a", Noon, 3, 40, new NanoUsd(500), new NanoUsd(600)));
        var again = await factory.OtherAccruals.ReadAsync(null, 2, default);
        Assert.Equal([0, 1], again.Hours.Select(hour => (int)(hour.Hour - Noon).TotalHours));
        Assert.Equal((1L, "cus_1"), (again.Bases[0].Cuts, again.Bases[0].Customer));
        Assert.Equal(new MeterTotal("a", Meter, new NanoUsd(500), 0, 1), Assert.Single(again.Bases[0].Totals));
        Assert.Equal(new HourBooked("a", Meter, Noon, 1, new NanoUsd(500), 0), Assert.Single(again.Booked));
        Assert.Equal(again.Booked, await factory.Accruals.BookedAsync([("a", Noon), ("b", Noon)], default));
        Assert.Equal(5, Assert.Single(again.Allowances).Amount);
        Assert.Equal(bucket, await factory.Other.FindAsync(bucket.Id, default));

        // A second cut of the same state, as another proxy would make it, writes nothing.
        Assert.Empty(await factory.OtherAccruals.CutAsync([cut], lease, default));
        Assert.Equal(new MeterTotal("", Meter, new NanoUsd(500), 0, 1), Assert.Single(await factory.Buckets.TotalsAsync(default)));
    }

    [Fact]
    public async Task What_was_cut_is_found_of_hours_that_lie_near_and_far_and_of_no_others()
    {
        await using var factory = await CreateAsync();
        var lease = await LeaseAsync(factory);
        int[] hours = [-700, 0, 1, 2, 13, 40];
        await InsertAsync(factory, lease, [.. hours.Select(hour => NewBucket("a", Noon.AddHours(hour), 0, 1_000 + hour, 1)), NewBucket("b", Noon, 0, 7, 0)]);
        Assert.Empty(await factory.Accruals.BookedAsync([("never cut", Noon)], default));
        var asked = new[] { 40, 2, 0, -700, 39 }.Select(hour => ("a", Noon.AddHours(hour))).Append(("b", Noon.AddHours(1)));
        var booked = (await factory.Accruals.BookedAsync([.. asked], default)).OrderBy(one => one.Hour);
        Assert.Equal(
            new[] { -700, 0, 2, 40 }.Select(hour => new HourBooked("a", Meter, Noon.AddHours(hour), 1, new NanoUsd(1_000 + hour), 1)), booked);
    }

    [Fact]
    public async Task An_hour_of_absurd_usage_is_read_as_what_there_is_room_for()
    {
        await using var factory = await CreateAsync();
        var absurd = CutScene.Entry("a", Noon, (5, 5, 0)) with { Usage = new Usage { Input = long.MaxValue, Output = 100 } };
        await factory.BookAsync([absurd, CutScene.Entry("b", Noon, (7, 7, 9))], Noon);
        Assert.Equal([("a", long.MaxValue), ("b", 9)], (await factory.Accruals.ReadAsync(null, 10, default)).Hours.Select(hour => (hour.Tenant, hour.Tokens)));
        Assert.Equal(long.MaxValue, Assert.Single(await factory.Accruals.MonthAsync("a", Noon.AddDays(-9).AddHours(-12), default)).Tokens);
    }

    [Fact]
    public async Task An_hour_that_changed_since_it_was_read_stays_to_be_cut()
    {
        await using var factory = await CreateAsync();
        var lease = await LeaseAsync(factory);
        await factory.AccrueAsync(new Accrual("a", Noon, 1, 10, new NanoUsd(100), new NanoUsd(100)));
        await factory.AccrueAsync(new Accrual("a", Noon.AddHours(1), 1, 10, new NanoUsd(100), new NanoUsd(100)));
        var reading = await factory.Accruals.ReadAsync(null, 10, default);
        await factory.AccrueAsync(new Accrual("a", Noon.AddHours(1), 2, 10, new NanoUsd(100), new NanoUsd(100)));
        await factory.Accruals.CutAsync([new TenantCut(reading.Bases[0], null, reading.Hours, [], [], [])], lease, default);
        Assert.Equal(Noon.AddHours(1), Assert.Single((await factory.Accruals.ReadAsync(null, 10, default)).Hours).Hour);
    }

    [Fact]
    public async Task Hours_of_before_are_passed_over_so_many_at_once_and_no_others()
    {
        await using var factory = await CreateAsync();
        var lease = await LeaseAsync(factory);
        foreach (var tenant in new[] { "a", "b" })
        {
            foreach (var hour in new[] { -3, -2, -1, 0, 1 })
                await factory.AccrueAsync(new Accrual(tenant, Noon.AddHours(hour), 1, 1, new NanoUsd(1), new NanoUsd(1)));
        }

        Assert.Equal(4, await factory.Accruals.PassOverAsync(Noon, 4, lease, default));
        Assert.Equal(2, await factory.Accruals.PassOverAsync(Noon, 4, lease, default));
        Assert.Equal(0, await factory.Accruals.PassOverAsync(Noon, 4, lease, default));
        Assert.Equal([0, 1, 0, 1], (await factory.OtherAccruals.ReadAsync(null, 100, default)).Hours.Select(hour => (int)(hour.Hour - Noon).TotalHours));
        await factory.AccrueAsync(new Accrual("a", Noon.AddHours(-2), 2, 1, new NanoUsd(1), new NanoUsd(1)));
        Assert.Equal(1, await factory.Accruals.PassOverAsync(Noon, 4, lease, default));
    }

    [Fact]
    public async Task What_was_paid_before_is_seen_by_nothing_that_bills()
    {
        await using var factory = await CreateAsync();
        var lease = await LeaseAsync(factory);
        var (one, two) = (CutScene.Entry("a", Noon, (5, 50, 500)), CutScene.Entry("a", Noon, (7, 70, 700)) with { Prepaid = true });
        await factory.BookAsync([one, two], Noon);
        await factory.BookAsync([CutScene.Entry("a", Noon, (-1, -10, 0), one.Id), CutScene.Entry("a", Noon, (-2, -20, 0), two.Id) with { Prepaid = true }], Noon);
        await factory.BookAsync([CutScene.Entry("b", Noon, (9, 9, 9)) with { Prepaid = true }], Noon);

        var hour = new Accrual("a", Noon, 1, 500, new NanoUsd(40), new NanoUsd(4), IsCorrected: true);
        Assert.Equal([hour], (await factory.Accruals.ReadAsync(null, 10, default)).Hours);
        Assert.Equal([hour with { IsCorrected = false }], await factory.Accruals.MonthAsync("a", Accrual.MonthOf(Noon), default));
        Assert.Equal([500L], await factory.Accruals.FirstEntriesAsync("a", Noon, default).Select(entry => entry.Tokens).ToListAsync());
        Assert.Equal([-1L], await factory.Accruals.CorrectionsAsync("a", Noon, Noon.AddHours(1), default).Select(entry => entry.Charged.Value).ToListAsync());

        await CutAllAsync(factory, lease);
        Assert.Empty((await factory.Accruals.ReadAsync(null, 10, default)).Hours);
        await factory.BookAsync([CutScene.Entry("a", Noon, (3, 3, 3)) with { Prepaid = true }], Noon);
        await factory.Accruals.TouchMonthAsync("b", Accrual.MonthOf(Noon), default);
        Assert.Empty((await factory.Accruals.ReadAsync(null, 10, default)).Hours);
        await factory.Buckets.StartAsync(Noon, Noon, default);
        Assert.Equal([hour], (await factory.Accruals.ReadAsync(null, 10, default)).Hours);
        Assert.Equal(1, await factory.Accruals.PassOverAsync(Noon.AddHours(1), 10, lease, default));
        Assert.Empty((await factory.Accruals.ReadAsync(null, 10, default)).Hours);
    }

    [Fact]
    public async Task The_highest_allowance_of_a_month_stays_and_a_touched_month_is_cut_anew()
    {
        await using var factory = await CreateAsync();
        var lease = await LeaseAsync(factory);
        var (march, april) = (new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 4, 1, 0, 0, 0, TimeSpan.Zero));
        foreach (var hour in new[] { march.AddHours(-1), march, april.AddHours(-1), april })
            await factory.AccrueAsync(new Accrual("a", hour, 1, 1, new NanoUsd(1), new NanoUsd(1)));
        foreach (var amount in new[] { 50, 80, 20 })
        {
            var reading = await factory.Accruals.ReadAsync(null, 10, default);
            var at = reading.Bases.Count > 0 ? reading.Bases[0] : new CutBase("a", amount == 80 ? 1 : 2, null, []);
            await factory.Accruals.CutAsync(
                [new TenantCut(at, null, reading.Hours, [], [], [new MonthAllowance("a", march, LimitKind.Usd, amount), new MonthAllowance("a", march, LimitKind.Tokens, 3)])],
                lease, default);
        }

        Assert.Equal(
            [new MonthAllowance("a", march, LimitKind.Tokens, 3), new MonthAllowance("a", march, LimitKind.Usd, 80)],
            await factory.Accruals.AllowancesAsync(march, default));
        Assert.Empty(await factory.Accruals.AllowancesAsync(april, default));
        Assert.Empty((await factory.Accruals.ReadAsync(null, 10, default)).Hours);
        await factory.Accruals.TouchMonthAsync("a", march, default);
        Assert.Equal([march, april.AddHours(-1)], (await factory.Accruals.ReadAsync(null, 10, default)).Hours.Select(hour => hour.Hour));
        Assert.Equal([march, april.AddHours(-1)], (await factory.Accruals.MonthAsync("a", march, default)).Select(hour => hour.Hour));
    }

    [Fact]
    public async Task Heads_are_what_may_have_arrived_then_what_is_parked_then_the_oldest()
    {
        await using var factory = await CreateAsync();
        var lease = await LeaseAsync(factory);
        var buckets = new Dictionary<string, Bucket>();
        foreach (var tenant in new[] { "a", "b", "c", "d" })
        {
            for (var i = 0; i < 3; i++)
                buckets[$"{tenant}{i}"] = NewBucket(tenant, Noon.AddHours(i), 0, 1000, 1);
        }

        await InsertAsync(factory, lease, buckets.Values);
        Assert.Equal(["a0", "b0", "c0", "d0"], await HeadsAsync());
        await SaveAsync(buckets["a2"] with { State = BucketState.Unknown }, buckets["b1"] with { State = BucketState.Parked, Cause = ParkCause.Customer },
            buckets["c0"] with { State = BucketState.Sent }, buckets["d0"] with { State = BucketState.Dead }, buckets["d1"] with { State = BucketState.Sending });
        Assert.Equal(["a2", "b1", "c1", "d1"], await HeadsAsync());
        Assert.Equal(["a2", "b1"], (await factory.Buckets.HeadsAsync(null, 2, default)).Select(Name));
        Assert.Equal(["c1", "d1"], (await factory.Buckets.HeadsAsync(("b", Meter), 2, default)).Select(Name));

        async Task<IEnumerable<string>> HeadsAsync() => (await factory.Other.HeadsAsync(null, 100, default)).Select(Name);
        async Task SaveAsync(params Bucket[] changed) => Assert.Equal(changed.Length, (await factory.Buckets.SaveAsync(changed, lease, default)).Count);
    }

    [Fact]
    public async Task A_bucket_is_written_as_given_unless_it_was_written_since()
    {
        await using var factory = await CreateAsync();
        var lease = await LeaseAsync(factory);
        var bucket = NewBucket("a", Noon, 0, -1_500, -2);
        await InsertAsync(factory, lease, [bucket]);
        var sending = bucket with
        {
            State = BucketState.Parked,
            Customer = "cus_ö'",
            Stamp = Noon.AddSeconds(5),
            FirstAttemptAt = Noon.AddMinutes(1),
            LastAttemptAt = Noon.AddMinutes(2),
            NextAt = Noon.AddMinutes(3),
            SentAt = Noon.AddMinutes(4),
            Attempts = 7,
            Generation = 3,
            Error = "it's \"wrong\"",
            MissingAt = Noon.AddMinutes(5),
            Cause = ParkCause.Drift,
        };
        var saved = Assert.Single(await factory.Buckets.SaveAsync([sending], lease, default));
        Assert.Equal(sending with { Revision = 1 }, saved);
        Assert.Equal(saved, await factory.Other.FindAsync(bucket.Id, default));
        Assert.Empty(await factory.Buckets.SaveAsync([sending with { State = BucketState.Sent }], lease, default));
        Assert.Equal(saved, await factory.Other.FindAsync(bucket.Id, default));
        Assert.Null(await factory.Other.FindAsync(One, default));
    }

    [Fact]
    public async Task Buckets_are_listed_and_summed_by_hour_and_by_stamp()
    {
        await using var factory = await CreateAsync();
        var lease = await LeaseAsync(factory);
        var midnight = Noon.AddHours(12);
        Bucket[] buckets =
        [
            NewBucket("a", Noon, 0, 1_500, 1), NewBucket("a", Noon, 1, -700, -1), NewBucket("a", midnight.AddHours(-1), 0, 3_000, 3), NewBucket("a", midnight, 0, 9_000, 9),
            NewBucket("b", Noon, 0, 50_000, 50) with { Meter = "second" }, NewBucket("b", Noon, 0, 20_000, 20),
        ];
        await InsertAsync(factory, lease, buckets);
        await factory.Buckets.SaveAsync(
            [
                buckets[0] with { State = BucketState.Sent, Stamp = Noon.AddMinutes(59) }, buckets[2] with { State = BucketState.Verified, Stamp = midnight.AddMinutes(90) },
                buckets[4] with { State = BucketState.WrittenOff },
            ],
            lease, default);

        Assert.Equal([buckets[0].Id, buckets[1].Id, buckets[2].Id, buckets[3].Id, buckets[5].Id, buckets[4].Id], await IdsAsync(new BucketFilter()));
        Assert.Equal([buckets[1].Id, buckets[2].Id], await IdsAsync(new BucketFilter(After: BucketKey.Of(buckets[0]), Most: 2)));
        Assert.Equal([buckets[0].Id, buckets[1].Id, buckets[2].Id], await IdsAsync(new BucketFilter("a", To: midnight)));
        Assert.Equal([buckets[2].Id, buckets[3].Id], await IdsAsync(new BucketFilter("a", From: midnight, By: BucketTime.Stamp)));
        Assert.Equal([buckets[4].Id], await IdsAsync(new BucketFilter(Meter: "second", State: BucketState.WrittenOff)));
        Assert.Empty(await IdsAsync(new BucketFilter("nobody")));

        var (day, next) = (Noon.AddHours(-12), midnight);
        Assert.Equal(
            [
                new BucketSum("a", Meter, day, new NanoUsd(3_800), 4, -1, 3), new BucketSum("a", Meter, next, new NanoUsd(9_000), 0, 9, 1),
                new BucketSum("b", Meter, day, new NanoUsd(20_000), 0, 20, 1), new BucketSum("b", "second", day, new NanoUsd(50_000), 0, 50, 1),
            ],
            await factory.Other.SumsAsync(new BucketSumQuestion(), default));
        Assert.Equal(
            [new BucketSum("a", Meter, day, new NanoUsd(800), 1, -1, 2), new BucketSum("a", Meter, next, new NanoUsd(12_000), 3, 9, 2)],
            await factory.Other.SumsAsync(new BucketSumQuestion("a", Meter, day, next.AddDays(1), BucketTime.Stamp), default));

        async Task<List<Guid>> IdsAsync(BucketFilter filter)
        {
            var ids = new List<Guid>();
            await foreach (var bucket in factory.Other.BucketsAsync(filter, default))
                ids.Add(bucket.Id);
            return ids;
        }
    }

    [Fact]
    public async Task Parked_ones_are_tried_again_unsent_ones_written_off_and_sent_ones_verified()
    {
        await using var factory = await CreateAsync();
        var lease = await LeaseAsync(factory);
        var buckets = Enumerable.Range(0, 6).Select(i => NewBucket("a", Noon.AddHours(i), 0, 1_000 * (i + 1), i + 1)).ToList();
        await InsertAsync(factory, lease, [.. buckets, NewBucket("b", Noon, 0, 5_000, 5)]);
        BucketState[] states = [BucketState.Parked, BucketState.Dead, BucketState.Unknown, BucketState.Sent, BucketState.Sending, BucketState.Pending];
        await factory.Buckets.SaveAsync(
            [.. buckets.Select((bucket, i) => bucket with { State = states[i], Stamp = Noon.AddHours(i), NextAt = Noon.AddDays(1), Cause = i == 0 ? ParkCause.Meter : null, Error = $"e{i}" })],
            lease, default);
        Assert.Equal(
            [
                new OpenSum("a", Meter, BucketState.Dead, null, 1, new NanoUsd(2_000), 2, Noon, "e1"),
                new OpenSum("a", Meter, BucketState.Parked, ParkCause.Meter, 1, new NanoUsd(1_000), 1, Noon, "e0"),
                new OpenSum("a", Meter, BucketState.Pending, null, 1, new NanoUsd(6_000), 6, Noon, "e5"),
                new OpenSum("a", Meter, BucketState.Sending, null, 1, new NanoUsd(5_000), 5, Noon, "e4"),
                new OpenSum("a", Meter, BucketState.Unknown, null, 1, new NanoUsd(3_000), 3, Noon, "e2"),
                new OpenSum("b", Meter, BucketState.Pending, null, 1, new NanoUsd(5_000), 5, Noon, null),
            ],
            await factory.Other.OpenAsync(default));

        foreach (var (index, can) in new[] { (0, true), (1, true), (2, true), (3, false), (4, false), (5, false) })
            Assert.Equal(can, await factory.Buckets.RetryAsync(buckets[index].Id, default));
        var retried = await factory.Other.FindAsync(buckets[0].Id, default);
        Assert.Equal((BucketState.Pending, 2, null, null), (retried!.State, retried.Generation, retried.NextAt, retried.Cause));
        var unknown = await factory.Other.FindAsync(buckets[2].Id, default);
        Assert.Equal((BucketState.Unknown, 1, null), (unknown!.State, unknown.Generation, unknown.NextAt));

        var given = Assert.Single(await factory.Buckets.WriteOffAsync("a", default));
        Assert.Equal((BucketState.Pending, 3L, 9L), (given.State, given.Buckets, given.Value));
        Assert.Empty(await factory.Buckets.WriteOffAsync("a", default));
        Assert.Equal(BucketState.WrittenOff, (await factory.Other.FindAsync(buckets[5].Id, default))!.State);
        Assert.Equal(BucketState.Unknown, (await factory.Other.FindAsync(buckets[2].Id, default))!.State);

    }

    private static Bucket NewBucket(string tenant, DateTimeOffset hour, int number, long amount, long value) => new()
    {
        Id = Guid.CreateVersion7(hour),
        Tenant = tenant,
        Meter = Meter,
        Hour = hour,
        Number = number,
        Amount = new NanoUsd(amount),
        Value = value,
        State = BucketState.Pending,
        CutAt = Noon,
    };

    private static string Name(Bucket bucket) => $"{bucket.Tenant}{(int)(bucket.Hour - Noon).TotalHours}";

    private static async Task<BillingLease> LeaseAsync(IBillingStoreFactory factory) =>
        (await factory.Buckets.TakeLeaseAsync(One, Noon, Noon.AddYears(1), default))!.Value;

    private static async Task InsertAsync(IBillingStoreFactory factory, BillingLease lease, IEnumerable<Bucket> buckets)
    {
        foreach (var tenant in buckets.GroupBy(bucket => bucket.Tenant))
        {
            var added = tenant.GroupBy(bucket => bucket.Meter).Select(meter => new MeterTotal(
                tenant.Key, meter.Key, new NanoUsd(meter.Sum(bucket => bucket.Amount.Value)), meter.Sum(bucket => bucket.Value), meter.Count())).ToList();
            var cut = new TenantCut(new CutBase(tenant.Key, 0, null, []), null, [], [.. tenant], added, []);
            Assert.Single(await factory.Accruals.CutAsync([cut], lease, default));
        }
    }

    /// <summary>Lets all hours count as cut.</summary>
    private static async Task CutAllAsync(IBillingStoreFactory factory, BillingLease lease)
    {
        var reading = await factory.Accruals.ReadAsync(null, 1_000, default);
        var cuts = reading.Bases.Select(one => new TenantCut(one, null, [.. reading.Hours.Where(hour => hour.Tenant == one.Tenant)], [], [], [])).ToList();
        Assert.Equal(cuts.Count, (await factory.Accruals.CutAsync(cuts, lease, default)).Count);
    }
}
