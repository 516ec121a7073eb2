using BudgetProxy.Billing;
using BudgetProxy.Stripe;

namespace BudgetProxy.Tests.Stripe;

/// <summary>What both stores of Stripe's events promise.</summary>
public abstract class StripeEventStoreContract
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid One = Guid.CreateVersion7(Noon);
    private static readonly Guid Two = Guid.CreateVersion7(Noon);

    [Fact]
    public async Task An_event_is_kept_once_and_worked_off_by_one_at_a_time()
    {
        await using var factory = await CreateAsync();
        var notice = Notice("evt_1") with { Meter = null };
        Assert.True(await factory.Store.AddAsync(notice, default));
        Assert.False(await factory.Other.AddAsync(notice with { Type = "other" }, default));
        Assert.True(await factory.Other.AddAsync(Notice("evt_2") with { NextAt = Noon.AddSeconds(1) }, default));
        Assert.Equivalent(notice, Assert.Single(await factory.Store.ClaimAsync(10, One, Noon, Noon.AddMinutes(1), default)), strict: true);
        Assert.Empty(await factory.Other.ClaimAsync(10, Two, Noon, Noon.AddMinutes(1), default));
        Assert.Equal("evt_2", Assert.Single(await factory.Other.ClaimAsync(10, Two, Noon.AddSeconds(1), Noon.AddMinutes(2), default)).EventId);
        // Its lease is over: another takes it, and what the first still writes is nothing.
        Assert.Equal("evt_1", Assert.Single(await factory.Other.ClaimAsync(10, Two, Noon.AddMinutes(1), Noon.AddMinutes(2), default)).EventId);
        Assert.False(await factory.Store.EndAsync(notice with { State = NoticeState.Done }, [Reject("a")], One, default));
        Assert.Empty(await factory.Store.RejectsAsync(All, default));
        Assert.True(await factory.Other.EndAsync(notice with { State = NoticeState.Done, Attempts = 1 }, [Reject("a"), Reject("b")], Two, default));
        Assert.False(await factory.Other.EndAsync(notice with { State = NoticeState.Done, Attempts = 1 }, [Reject("a")], Two, default));
        Assert.Equal(2, (await factory.Store.RejectsAsync(All, default)).Count);
        Assert.DoesNotContain(await factory.Store.ClaimAsync(10, One, Noon.AddHours(1), Noon.AddHours(2), default), one => one.EventId == "evt_1");
    }

    [Fact]
    public async Task An_attempt_that_failed_is_due_again_when_it_says()
    {
        await using var factory = await CreateAsync();
        await factory.Store.AddAsync(Notice("evt_1"), default);
        var claimed = Assert.Single(await factory.Store.ClaimAsync(1, One, Noon, Noon.AddMinutes(1), default));
        var later = claimed with { Attempts = 1, Error = "No answer.", NextAt = Noon.AddSeconds(30) };
        Assert.True(await factory.Store.EndAsync(later, [], One, default));
        Assert.Empty(await factory.Store.ClaimAsync(1, One, Noon.AddSeconds(29), Noon.AddMinutes(1), default));
        Assert.Equivalent(later, Assert.Single(await factory.Store.ClaimAsync(1, One, Noon.AddSeconds(30), Noon.AddMinutes(1), default)), strict: true);
    }

    [Fact]
    public async Task Rejects_are_listed_newest_first_by_page_tenant_meter_and_time()
    {
        await using var factory = await CreateAsync();
        await factory.Store.AddAsync(Notice("evt_1"), default);
        await factory.Store.ClaimAsync(1, One, Noon, Noon.AddMinutes(1), default);
        var buckets = Enumerable.Range(0, 5).Select(i => Guid.CreateVersion7(Noon.AddSeconds(i))).ToList();
        foreach (var (bucket, i) in buckets.Select((bucket, i) => (bucket, i)))
            await factory.BucketAsync(bucket, i % 2 == 0 ? "acme" : $"other{i}");
        var rejects = Enumerable.Range(0, 5).Select(i => Reject($"r{i}") with
        {
            Id = Guid.CreateVersion7(Noon.AddSeconds(i)),
            At = Noon.AddSeconds(i),
            Tenant = i % 2 == 0 ? "acme" : null,
            Meter = i == 4 ? null : "mtr_1",
            Identifier = i == 3 ? null : $"bp1:{i}",
            Count = i == 1 ? null : i,
            From = i == 0 ? null : Noon,
        }).ToList();
        // Of a bucket that is not there nothing is known.
        await factory.Store.EndAsync(
            Notice("evt_1") with { State = NoticeState.Done }, [.. rejects.Select((reject, i) => reject with { Tenant = null, Bucket = i % 2 == 0 ? buckets[i] : Two })], One, default);
        // The bucket has the reject's id from then on.
        rejects = [.. rejects.Select((reject, i) => reject with { Bucket = i % 2 == 0 ? reject.Id : null })];
        var first = await factory.Other.RejectsAsync(All with { Most = 3 }, default);
        Assert.Equivalent(Enumerable.Reverse(rejects).Take(3), first, strict: true);
        Assert.Equivalent(Enumerable.Reverse(rejects).Skip(3), await factory.Other.RejectsAsync(All with { After = first[^1].Id }, default), strict: true);
        Assert.Equal(["r4", "r2", "r0"], (await factory.Store.RejectsAsync(All with { Tenant = "acme" }, default)).Select(one => one.Message));
        Assert.Equal(["r3", "r2"], (await factory.Store.RejectsAsync(All with { Meter = "mtr_1", Since = Noon.AddSeconds(2) }, default)).Select(one => one.Message));
    }

    [Fact]
    public async Task What_is_old_is_forgotten_but_not_what_is_still_to_be_done()
    {
        await using var factory = await CreateAsync();
        foreach (var (id, day) in new[] { ("evt_old", -2), ("evt_new", 0), ("evt_open", -2) })
            await factory.Store.AddAsync(Notice(id) with { ReceivedAt = Noon.AddDays(day) }, default);
        await factory.Store.ClaimAsync(10, One, Noon, Noon.AddMinutes(1), default);
        await factory.Store.EndAsync(Notice("evt_old") with { State = NoticeState.Failed }, [Reject("old") with { Id = Guid.CreateVersion7(Noon.AddDays(-2)) }], One, default);
        await factory.Store.EndAsync(Notice("evt_new") with { State = NoticeState.Done }, [Reject("new") with { Id = Guid.CreateVersion7(Noon) }], One, default);
        Assert.False(await factory.Store.ForgetAsync(Noon.AddDays(-1), default));
        Assert.Equal("new", Assert.Single(await factory.Store.RejectsAsync(All, default)).Message);
        Assert.True(await factory.Store.AddAsync(Notice("evt_old"), default));
        Assert.False(await factory.Store.AddAsync(Notice("evt_new"), default));
        Assert.False(await factory.Store.AddAsync(Notice("evt_open"), default));
    }

    [Fact]
    public async Task Of_many_who_take_at_once_each_event_goes_to_one()
    {
        await using var factory = await CreateAsync();
        for (var i = 0; i < 40; i++)
            await factory.Store.AddAsync(Notice($"evt_{i}"), default);
        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
            await (i % 2 == 0 ? factory.Store : factory.Other).ClaimAsync(10, Guid.CreateVersion7(Noon), Noon, Noon.AddMinutes(1), default))));
        var all = taken.SelectMany(some => some).Select(one => one.EventId).ToList();
        Assert.Equal(40, all.Count);
        Assert.Equal(40, all.Distinct().Count());
    }

    [Fact]
    public async Task A_bucket_whose_event_was_thrown_away_is_dead_under_a_new_identifier_and_can_be_tried_again()
    {
        await using var factory = await CreateAsync();
        await factory.BucketAsync(One, "acme");
        await factory.Store.AddAsync(Notice("evt_1"), default);
        await factory.Store.ClaimAsync(1, Two, Noon, Noon.AddMinutes(1), default);
        var reject = Reject("gone") with { Identifier = $"bp1:{One:N}", Bucket = One };
        await factory.Store.EndAsync(Notice("evt_1") with { State = NoticeState.Done }, [reject, reject with { Id = Guid.CreateVersion7(Noon) }], Two, default);
        Assert.Null(await factory.Buckets.FindAsync(One, default));
        var dead = (await factory.Buckets.FindAsync(reject.Id, default))!;
        Assert.Equal((BucketState.Dead, ParkCause.Rejected, "acme", 1L), (dead.State, dead.Cause, dead.Tenant, dead.Value));
        Assert.Equal((null, null, 1L), (dead.FirstAttemptAt, dead.SentAt, dead.Revision));
        Assert.Equal($"Stripe took bp1:{One:N} and threw it away: meter_event_invalid_value: gone", dead.Error);
        // The second of the same identifier changes nothing more, and says which it is.
        Assert.All(await factory.Store.RejectsAsync(All, default), one => Assert.Equal(("acme", reject.Id), (one.Tenant, one.Bucket)));
        Assert.True(await factory.Buckets.RetryAsync(reject.Id, default));
        Assert.Equal(BucketState.Pending, (await factory.Buckets.FindAsync(reject.Id, default))!.State);
    }

    [Fact]
    public async Task A_reject_of_an_identifier_that_a_bucket_had_long_before_still_names_it()
    {
        await using var factory = await CreateAsync();
        await factory.BucketAsync(One, "acme");
        Assert.True(await factory.Store.RenewBucketAsync(One, 0, Two, default));
        var first = Reject("first") with { Bucket = One, Id = Guid.CreateVersion7(Noon) };
        await EndAsync("evt_1", first);
        Assert.Equal((BucketState.Pending, 1L), ((await factory.Buckets.FindAsync(Two, default))!.State, (await factory.Buckets.FindAsync(Two, default))!.Revision));
        // It is sent by its second, and that is thrown away: what was told before goes with it.
        await SendAsync(Two);
        var second = Reject("second") with { Bucket = Two, Id = Guid.CreateVersion7(Noon.AddSeconds(1)) };
        await EndAsync("evt_2", second);
        var third = Reject("third") with { Bucket = One, Id = Guid.CreateVersion7(Noon.AddSeconds(2)) };
        await EndAsync("evt_3", third);
        Assert.Equal((BucketState.Dead, ParkCause.Rejected), ((await factory.Buckets.FindAsync(second.Id, default))!.State, (await factory.Buckets.FindAsync(second.Id, default))!.Cause));
        Assert.Equal(["third", "second", "first"], (await factory.Other.RejectsAsync(All with { Bucket = second.Id }, default)).Select(one => one.Message));
        Assert.Equal(3, (await factory.Other.RejectsAsync(All with { Tenant = "acme" }, default)).Count);
        Assert.Empty(await factory.Other.RejectsAsync(All with { Bucket = One }, default));

        async Task EndAsync(string id, StripeReject reject)
        {
            await factory.Store.AddAsync(Notice(id), default);
            await factory.Store.ClaimAsync(1, Two, Noon, Noon.AddMinutes(1), default);
            Assert.True(await factory.Other.EndAsync(Notice(id) with { State = NoticeState.Done }, [reject], Two, default));
        }

        async Task SendAsync(Guid id)
        {
            var lease = (await factory.Buckets.TakeLeaseAsync(One, Noon, Noon.AddYears(1), default))!.Value;
            var bucket = (await factory.Buckets.FindAsync(id, default))!;
            Assert.Single(await factory.Buckets.SaveAsync([bucket with { State = BucketState.Sent, FirstAttemptAt = Noon, SentAt = Noon }], lease, default));
        }
    }

    [Fact]
    public async Task A_bucket_is_renewed_only_as_it_was_looked_at()
    {
        await using var factory = await CreateAsync();
        await factory.BucketAsync(One, "acme");
        Assert.False(await factory.Store.RenewBucketAsync(One, 7, Two, default));
        Assert.True(await factory.Store.RenewBucketAsync(One, 0, Two, default));
        Assert.False(await factory.Store.RenewBucketAsync(Two, 1, One, default));
        var renewed = (await factory.Buckets.FindAsync(Two, default))!;
        Assert.Equal((BucketState.Pending, null, null, $"bp1:{Two:N}"), (renewed.State, renewed.FirstAttemptAt, renewed.SentAt, renewed.Identifier));
    }

    protected abstract Task<IStripeEventFactory> CreateAsync();

    private static RejectQuery All => new(null, null, null, null, 100);

    private static StripeNotice Notice(string id) => new(id, "v1.billing.meter.error_report_triggered", "mtr_1", Noon, Noon);

    private static StripeReject Reject(string message) => new(
        Guid.CreateVersion7(Noon), "evt_1", Noon, "mtr_1", Noon.AddSeconds(-10), Noon, "meter_event_invalid_value", message, 1, "bp1:x", null, null);
}
