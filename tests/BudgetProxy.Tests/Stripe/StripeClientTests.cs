using BudgetProxy.Stripe;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Stripe.Simulated;

namespace BudgetProxy.Tests.Stripe;

/// <summary>What the client makes of everything that can happen to a meter event, and that the books agree.</summary>
public sealed class StripeClientTests : IAsyncLifetime
{
    private const string Meter = "budgetproxy_micro_usd";

    private readonly TestClock _clock = new();
    private SimulatedStripe _stripe = null!;
    private StripeClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _stripe = await SimulatedStripe.StartAsync(_clock);
        _stripe.AddMeter(Meter);
        _stripe.AddCustomer("cus_a");
        _client = Client();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _stripe.DisposeAsync();
    }

    [Fact]
    public async Task An_event_is_received_once_and_a_repeat_of_its_identifier_is_a_duplicate()
    {
        var sent = await SendAsync(1234, "bp1:a", "k1");
        Assert.Equal((StripeOutcome.Done, 200, null, false), (sent.Outcome, sent.Status, sent.Message, sent.Replayed));
        Assert.Equal(_clock.Now, sent.Date);
        Assert.Equal("req_sim1", sent.RequestId);
        Assert.True((await SendAsync(1234, "bp1:a", "k1")).Replayed);
        var again = await SendAsync(1234, "bp1:a", "k2");
        Assert.Equal((StripeOutcome.Duplicate, 400, null, false), (again.Outcome, again.Status, again.Code, again.ShouldRetry));
        var only = Assert.Single(_stripe.Books.Events);
        Assert.Equal((1234, "bp1:a", _clock.Now), (only.Value, only.Identifier, only.Timestamp));
        _clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal(StripeOutcome.Done, (await SendAsync(1234, "bp1:a", "k3")).Outcome);
        Assert.Equal(2468, _stripe.Books.Sum("cus_a", Meter));
    }

    [Theory]
    [InlineData("DropBefore", StripeOutcome.Unknown, false)]
    [InlineData("DropReply", StripeOutcome.Unknown, true)]
    [InlineData("Conflict", StripeOutcome.Busy, false)]
    [InlineData("RateLimited", StripeOutcome.Busy, false)]
    [InlineData("LockTimeout", StripeOutcome.Busy, false)]
    [InlineData("ErrorBefore", StripeOutcome.Unknown, false)]
    [InlineData("ErrorAfter", StripeOutcome.Unknown, true)]
    [InlineData("Unavailable", StripeOutcome.Unknown, false)]
    [InlineData("CutJson", StripeOutcome.Unknown, true)]
    [InlineData("RejectLater", StripeOutcome.Done, true)]
    public async Task Each_fault_has_its_outcome(string kind, StripeOutcome expected, bool received)
    {
        _stripe.Faults.Add(new StripeFault(Enum.Parse<StripeFaultKind>(kind)));
        var reply = await SendAsync(5, "bp1:f", "k");
        Assert.Equal(expected, reply.Outcome);
        Assert.Equal(received ? 1 : 0, _stripe.Books.Events.Count);
        // The same event under another key ends it, whatever happened: once in the books.
        var repeat = await SendAsync(5, "bp1:f", "k2");
        Assert.Equal(received ? StripeOutcome.Duplicate : StripeOutcome.Done, repeat.Outcome);
        Assert.Single(_stripe.Books.Events);
    }

    [Fact]
    public async Task No_answer_in_time_is_unknown_and_no_connection_is_busy()
    {
        using var hasty = Client(limit: TimeSpan.FromMilliseconds(200));
        _stripe.Faults.Add(StripeFault.SlowBefore(TimeSpan.FromSeconds(1)));
        var late = await hasty.SendAsync(Event(7, "bp1:late"), "k", CancellationToken.None);
        Assert.Equal((StripeOutcome.Unknown, 0), (late.Outcome, late.Status));
        await Poll.UntilAsync(() => _stripe.Books.Events.Count == 1, TimeSpan.FromSeconds(20), "it was carried out all the same");

        await _stripe.GoAwayAsync();
        var away = await SendAsync(8, "bp1:away", "k8");
        Assert.Equal((StripeOutcome.Busy, 0), (away.Outcome, away.Status));
        await _stripe.ComeBackAsync();
        Assert.Equal(StripeOutcome.Done, (await SendAsync(8, "bp1:away", "k8")).Outcome);
        Assert.Equal(15, _stripe.Books.Sum("cus_a", Meter));
    }

    [Fact]
    public async Task Each_refusal_has_its_outcome()
    {
        async Task<StripeOutcome> Of(MeterEvent meterEvent, string key) => (await _client.SendAsync(meterEvent, key, CancellationToken.None)).Outcome;
        var good = Event(1, "bp1:1");
        Assert.Equal(StripeOutcome.NoMeter, await Of(good with { EventName = "nobody" }, "k1"));
        Assert.Equal(StripeOutcome.NoCustomer, await Of(good with { Customer = "cus_nobody" }, "k2"));
        Assert.Equal(StripeOutcome.BadValue, await Of(good with { Value = 1_000_000_000_000_000 }, "k3"));
        Assert.Equal(StripeOutcome.BadTimestamp, await Of(good with { Timestamp = _clock.Now.AddDays(-36) }, "k4"));
        Assert.Equal(StripeOutcome.BadTimestamp, await Of(good with { Timestamp = _clock.Now.AddMinutes(6) }, "k5"));
        Assert.Equal(StripeOutcome.KeyReused, await Of(good with { Value = 2 }, "k5"));
        Assert.Equal(StripeOutcome.Refused, await Of(good with { Identifier = new string('x', 101) }, "k6"));
        _stripe.Forbids = true;
        Assert.Equal(StripeOutcome.Unauthorised, await Of(good, "k7"));
        _stripe.Forbids = false;
        using var stranger = Client("sk_test_other");
        var wrong = await stranger.SendAsync(good, "k7", CancellationToken.None);
        Assert.Equal((StripeOutcome.Unauthorised, 401), (wrong.Outcome, wrong.Status));
        Assert.Empty(_stripe.Books.Events);
    }

    [Fact]
    public async Task A_stored_refusal_is_replayed_until_another_key_asks_anew()
    {
        var other = Event(3, "bp1:c") with { Customer = "cus_b" };
        Assert.Equal(StripeOutcome.NoCustomer, (await _client.SendAsync(other, "k:1", CancellationToken.None)).Outcome);
        _stripe.AddCustomer("cus_b");
        var replay = await _client.SendAsync(other, "k:1", CancellationToken.None);
        Assert.Equal((StripeOutcome.NoCustomer, true), (replay.Outcome, replay.Replayed));
        Assert.Equal(StripeOutcome.Done, (await _client.SendAsync(other, "k:2", CancellationToken.None)).Outcome);
    }

    private StripeClient Client(string? key = null, TimeSpan? limit = null) =>
        new(new StripeOptions { ApiKey = key ?? _stripe.Key, BaseUrl = new Uri(_stripe.Address) }, _clock) { Limit = limit ?? TimeSpan.FromSeconds(30) };

    private MeterEvent Event(long value, string identifier) => new(Meter, "cus_a", value, identifier, _clock.Now);

    private async Task<StripeReply> SendAsync(long value, string identifier, string key) => await _client.SendAsync(Event(value, identifier), key, CancellationToken.None);
}
