using BudgetProxy.Billing;
using BudgetProxy.Embedded;
using BudgetProxy.Storage;
using BudgetProxy.Stripe;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Stripe.Simulated;

namespace BudgetProxy.Tests.Stripe;

/// <summary>What Stripe took and does not have is sent anew once that is proven, and never else.</summary>
public sealed class BucketResendTests : IAsyncLifetime
{
    private const string Meter = "usage";

    private readonly TestClock _clock = new();
    private readonly TempFolder _folder = new();
    private EmbeddedDatabase _database = null!;
    private SqliteBillingStore _buckets = null!;
    private SqliteStripeEventStore _events = null!;
    private SimulatedStripe _stripe = null!;
    private StripeClient _client = null!;
    private BucketResend _resend = null!;

    public async ValueTask InitializeAsync()
    {
        _stripe = await SimulatedStripe.StartAsync(_clock);
        _stripe.AddMeter(Meter);
        _stripe.AddCustomer("cus_a");
        _database = new EmbeddedDatabase(_folder.Path);
        _buckets = new SqliteBillingStore(_database);
        _events = new SqliteStripeEventStore(_database);
        _client = new StripeClient(Options, _clock);
        _resend = Fresh();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _stripe.DisposeAsync();
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_two_looks_miss_is_sent_anew_and_what_is_there_is_not()
    {
        var (there, missing) = (await SentAsync(5), await SentAsync(7));
        Drop(missing);
        Assert.Contains("less than an hour ago", await RefusedAsync(missing), StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Contains("is 5; without this bucket it should be 7, with it 12", await RefusedAsync(there), StringComparison.Ordinal);
        Assert.Contains("ask again at 2026-03-10T13:30:01Z", await RefusedAsync(missing), StringComparison.Ordinal);
        Assert.Equal(_clock.Now, (await FindAsync(missing)).MissingAt);
        // Whoever asks again, and however often: the first look counts, and it outlives a restart.
        _clock.Advance(TimeSpan.FromMinutes(29));
        _resend = Fresh();
        Assert.Contains("ask again at 2026-03-10T13:30:01Z", await RefusedAsync(missing), StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromMinutes(1));
        var (renewed, why) = await _resend.RunAsync(await FindAsync(missing), default);
        Assert.True(renewed is { State: BucketState.Pending, FirstAttemptAt: null, MissingAt: null, Value: 7, Number: 1 }, why);
        Assert.Null(await _buckets.FindAsync(missing, default));
        Assert.Contains("this one is pending", await RefusedAsync(renewed!.Id), StringComparison.Ordinal);
        // What is left agrees with Stripe.
        Assert.Contains("Stripe has it.", await RefusedAsync(there), StringComparison.Ordinal);
        var reply = await _client.SendAsync(new MeterEvent(Meter, "cus_a", renewed.Value, renewed.Identifier, _clock.Now), renewed.IdempotencyKey, default);
        Assert.Equal(StripeOutcome.Done, reply.Outcome);
        Assert.Equal(12, _stripe.Books.Sum("cus_a", Meter));
    }

    [Fact]
    public async Task What_Stripe_adds_up_late_is_not_sent_twice()
    {
        var late = await SentAsync(7);
        _stripe.Lag = TimeSpan.FromMinutes(80);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Contains("One look is no proof", await RefusedAsync(late), StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Contains("Stripe has it.", await RefusedAsync(late), StringComparison.Ordinal);
        Assert.Equal((BucketState.Sent, null), ((await FindAsync(late)).State, (await FindAsync(late)).MissingAt));
    }

    [Fact]
    public async Task Nothing_is_proven_while_another_of_the_minute_may_be_there_instead_or_Stripe_is_away()
    {
        var (doubtful, missing) = (await SentAsync(7), await SentAsync(7));
        Drop(missing);
        Set(doubtful, "state = 'unknown'");
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Contains("of one more it is not known", await RefusedAsync(missing), StringComparison.Ordinal);
        Set(doubtful, "state = 'sent', value = 0");
        Assert.Contains("there was nothing to send", await RefusedAsync(doubtful), StringComparison.Ordinal);
        await _stripe.GoAwayAsync();
        Assert.Contains("Stripe does not say", await RefusedAsync(missing), StringComparison.Ordinal);
        Assert.Equal(BucketState.Sent, (await FindAsync(missing)).State);
    }

    [Fact]
    public async Task Another_of_the_minute_that_was_sent_a_moment_ago_may_not_be_added_up_yet()
    {
        var (missing, late) = (await SentAsync(7), await SentAsync(7));
        // Which of the two Stripe's sum has can't be told: the second may only be late.
        Drop(late);
        _clock.Advance(TimeSpan.FromHours(1));
        Set(late, $"sent_at = {_clock.Now.AddMinutes(-1).ToUnixTimeMilliseconds()}");
        Assert.Contains("of one more it is not known", await RefusedAsync(missing), StringComparison.Ordinal);
        Assert.Null((await FindAsync(missing)).MissingAt);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Contains("One look is no proof", await RefusedAsync(missing), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bp1:{0:N}", true)]
    [InlineData("bp1:{0:N}:2", false)]
    public async Task One_that_is_named_as_thrown_away_is_tried_again_at_once_and_one_of_whose_request_is_told_after_two_looks(string identifier, bool isNamed)
    {
        await SentAsync(5);
        var gone = await SentAsync(7);
        Drop(gone);
        var dead = await RejectAsync(gone, identifier);
        if (!isNamed)
        {
            var (early, why) = await _resend.RetryAsync(dead, default);
            Assert.Null(early);
            Assert.Contains("One look is no proof", why, StringComparison.Ordinal);
            _clock.Advance(TimeSpan.FromMinutes(30));
            dead = await FindAsync(dead.Id);
        }

        var (retried, _) = await _resend.RetryAsync(dead, default);
        Assert.Equal(BucketState.Pending, retried!.State);
        Assert.Null((await _resend.RetryAsync(dead, default)).Retried);
    }

    [Fact]
    public async Task One_that_Stripe_has_all_the_same_is_not_sent_again()
    {
        // Sent as if new, since its sums did not have it, and then the first event is told to be thrown away.
        var bucket = await SentAsync(7);
        var dead = await RejectAsync(bucket, "bp1:{0:N}");
        Set(dead.Id, "attempts = 2");
        Assert.Contains("less than an hour ago", (await _resend.RetryAsync(await FindAsync(dead.Id), default)).Why, StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromHours(1));
        var (settled, why) = await _resend.RetryAsync(dead, default);
        Assert.True(settled is { State: BucketState.Sent, Cause: null, Error: null }, why);
        Assert.Equal(_clock.Now, settled.SentAt);
    }

    [Fact]
    public async Task While_it_can_not_be_told_whether_Stripe_has_it_it_is_not_sent_again()
    {
        var gone = await SentAsync(7);
        Drop(gone);
        var dead = await RejectAsync(gone, "bp1:{0:N}");
        _stripe.Books.Accept(new SimulatedMeterEvent(Meter, "cus_a", 77, "foreign", dead.Stamp!.Value, _clock.Now));
        Assert.Contains("must not go twice", (await _resend.RetryAsync(dead, default)).Why, StringComparison.Ordinal);
        await _stripe.GoAwayAsync();
        Assert.Contains("must not go twice", (await _resend.RetryAsync(dead, default)).Why, StringComparison.Ordinal);
        Assert.Equal(BucketState.Dead, (await FindAsync(dead.Id)).State);
    }

    private StripeOptions Options => new() { ApiKey = _stripe.Key, BaseUrl = new Uri(_stripe.Address), MeterEventName = Meter, RequestsPerSecond = 1000 };

    private BucketResend Fresh() => new(_buckets, _events, new StripeLink(_client, Options, _clock), _clock);

    private async Task<Bucket> FindAsync(Guid id) => (await _buckets.FindAsync(id, default))!;

    private async Task<string> RefusedAsync(Guid id)
    {
        var (renewed, why) = await _resend.RunAsync(await FindAsync(id), default);
        Assert.Null(renewed);
        return why!;
    }

    /// <summary>Has Stripe tell that it threw the event away.</summary>
    /// <returns>The bucket as it then is.</returns>
    private async Task<Bucket> RejectAsync(Guid bucket, string identifier)
    {
        var (id, owner) = ($"evt_{bucket:N}", Guid.CreateVersion7(_clock.Now));
        var notice = new StripeNotice(id, "v1.billing.meter.error_report_triggered", "mtr_1", _clock.Now, _clock.Now);
        await _events.AddAsync(notice, default);
        await _events.ClaimAsync(1, owner, _clock.Now, _clock.Now.AddMinutes(1), default);
        var reject = new StripeReject(
            Guid.CreateVersion7(_clock.Now), id, _clock.Now, "mtr_1", null, null, "meter_event_invalid_value", "gone", 1,
            string.Format(System.Globalization.CultureInfo.InvariantCulture, identifier, bucket), bucket, null);
        Assert.True(await _events.EndAsync(notice with { State = NoticeState.Done }, [reject], owner, default));
        var dead = await FindAsync(reject.Id);
        Assert.Equal((BucketState.Dead, ParkCause.Rejected), (dead.State, dead.Cause));
        return dead;
    }

    private async Task<Guid> SentAsync(long value)
    {
        var id = Guid.CreateVersion7(_clock.Now);
        var stamp = _clock.Now.AddMinutes(-5);
        using (var connection = _database.OpenConnection())
        {
            connection.Run(
                """
                INSERT INTO billing_buckets (id, tenant, meter, hour, number, amount, value, cut_at, state, customer, stamp, attempts, first_attempt_at, last_attempt_at, sent_at)
                VALUES ($id, 'acme', $meter, 0, (SELECT count(*) FROM billing_buckets), 0, $value, 0, 'sent', 'cus_a', $stamp, 1, $now, $now, $now)
                """,
                ("$id", id.ToString()), ("$meter", Meter), ("$value", value), ("$stamp", stamp.ToUnixTimeMilliseconds()), ("$now", _clock.Now.ToUnixTimeMilliseconds()));
        }

        var bucket = await FindAsync(id);
        Assert.Equal(StripeOutcome.Done, (await _client.SendAsync(new MeterEvent(Meter, "cus_a", value, bucket.Identifier, stamp), bucket.IdempotencyKey, default)).Outcome);
        return id;
    }

    private void Drop(Guid id) => _stripe.Books.Events.Single(one => one.Identifier == $"bp1:{id:N}").RejectedFor = "meter_event_invalid_value";

    private void Set(Guid id, string what)
    {
        using var connection = _database.OpenConnection();
        connection.Run($"UPDATE billing_buckets SET {what} WHERE id = $id", ("$id", id.ToString()));
    }
}
