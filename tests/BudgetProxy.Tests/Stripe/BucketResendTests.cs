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
        var options = new StripeOptions { ApiKey = _stripe.Key, BaseUrl = new Uri(_stripe.Address), MeterEventName = Meter, RequestsPerSecond = 1000 };
        _client = new StripeClient(options, _clock);
        _resend = new BucketResend(_buckets, new SqliteStripeEventStore(_database), new StripeLink(_client, options, _clock), _clock);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _stripe.DisposeAsync();
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_is_missing_is_sent_anew_and_what_is_there_is_not()
    {
        var (there, missing) = (await SentAsync(5), await SentAsync(7));
        Drop(missing);
        Assert.Contains("less than an hour ago", await RefusedAsync(missing), StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Contains("It is not proven: Stripe's sum of that minute is 5; without this bucket it should be 7, with it 12", await RefusedAsync(there), StringComparison.Ordinal);
        var (renewed, why) = await _resend.RunAsync((await _buckets.FindAsync(missing, default))!, default);
        Assert.True(renewed is { State: BucketState.Pending, FirstAttemptAt: null, Value: 7, Number: 1 }, why);
        Assert.Null(await _buckets.FindAsync(missing, default));
        Assert.Contains("it is sent: it is pending", (await RefusedAsync(renewed!.Id)).Replace("Only what is sent can be sent anew, where Stripe has it not; this one is pending.", "it is sent: it is pending", StringComparison.Ordinal), StringComparison.Ordinal);
        // What is left agrees with Stripe.
        Assert.Contains("Stripe has it: its sum of that minute is 5", await RefusedAsync(there), StringComparison.Ordinal);
        var reply = await _client.SendAsync(new MeterEvent(Meter, "cus_a", renewed.Value, renewed.Identifier, _clock.Now), renewed.IdempotencyKey, default);
        Assert.Equal(StripeOutcome.Done, reply.Outcome);
        Assert.Equal(12, _stripe.Books.Sum("cus_a", Meter));
    }

    [Fact]
    public async Task Nothing_is_proven_while_another_of_the_minute_is_in_doubt_or_Stripe_is_away()
    {
        var (doubtful, missing) = (await SentAsync(5), await SentAsync(7));
        Drop(missing);
        Set(doubtful, "state = 'unknown'");
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Contains("that one first", await RefusedAsync(missing), StringComparison.Ordinal);
        Set(doubtful, "state = 'sent', value = 0");
        Assert.Contains("there was nothing to send", await RefusedAsync(doubtful), StringComparison.Ordinal);
        await _stripe.GoAwayAsync();
        Assert.Contains("Stripe does not say", await RefusedAsync(missing), StringComparison.Ordinal);
        Assert.Equal(BucketState.Sent, (await _buckets.FindAsync(missing, default))!.State);
    }

    private async Task<string> RefusedAsync(Guid id)
    {
        var (renewed, why) = await _resend.RunAsync((await _buckets.FindAsync(id, default))!, default);
        Assert.Null(renewed);
        return why!;
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

        var bucket = (await _buckets.FindAsync(id, default))!;
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
