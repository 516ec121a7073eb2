using BudgetProxy.Audit;
using BudgetProxy.Billing;
using BudgetProxy.Hosting;
using BudgetProxy.Insight;
using BudgetProxy.Stripe;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Stripe.Simulated;

namespace BudgetProxy.Tests.Billing;

/// <summary>An exporter by hand: real stores, a simulated Stripe, and a clock that the test moves.</summary>
internal sealed class SendScene : IAsyncDisposable
{
    private readonly CutScene _cuts;
    private readonly ProxyMetrics _metrics = new(new RefusalTally(TimeProvider.System));
    private readonly List<StripeClient> _clients = [];
    private readonly Dictionary<string, long> _used = new(StringComparer.Ordinal);

    private SendScene(CutScene cuts, SimulatedStripe stripe, TestClock clock) => (_cuts, Stripe, Clock) = (cuts, stripe, clock);

    public SimulatedStripe Stripe { get; }

    public TestClock Clock { get; }

    public IBillingStore Store => _cuts.Factory.Buckets;

    public BillingLease Lease { get; private set; }

    public StripeLink Link { get; private set; } = null!;

    public BillingRuns Runs { get; private set; } = null!;

    public TenantDirectory Directory => _cuts.Directory;

    public static async Task<SendScene> CreateAsync(IBillingStoreFactory? factory = null, int tenants = 3)
    {
        var clock = new TestClock();
        var stripe = await SimulatedStripe.StartAsync(clock);
        stripe.AddMeter(CutScene.Money);
        var scene = new SendScene(await CutScene.CreateAsync(factory ?? new SqliteBillingFactory()), stripe, clock);
        scene.Lease = scene._cuts.Lease;
        (scene.Link, scene.Runs) = scene.Exporter();
        for (var i = 0; i < tenants; i++)
        {
            await scene.LinkAsync($"t{i}", $"cus_t{i}");
            stripe.AddCustomer($"cus_t{i}");
        }

        await scene.Store.StartAsync(clock.Now.AddHours(-5), clock.Now, default);
        return scene;
    }

    /// <summary>Another exporter on the same stores, as another proxy, or this one after a restart, has it.</summary>
    public (StripeLink Link, BillingRuns Runs) Exporter()
    {
        var options = new StripeOptions { ApiKey = "sk_test_simulated_stripe_canary", BaseUrl = new Uri(Stripe.Address), RequestsPerSecond = 1000, MeterEventName = CutScene.Money };
        var client = new StripeClient(options, Clock) { Limit = TimeSpan.FromSeconds(1) };
        _clients.Add(client);
        var link = new StripeLink(client, options, Clock);
        var sender = new BucketSender(Store, _cuts.Directory, link, new BillingMetrics(_metrics), Clock);
        return (link, new BillingRuns(Store, _cuts.Cutter([new BillingMeter(CutScene.Money, BilledUnit.Charged)]), sender, link, Clock));
    }

    /// <summary>The exporter as it is after a restart: it knows what is in the stores.</summary>
    public void Restart() => (Link, Runs) = Exporter();

    /// <summary>Takes the lease from whoever has it, as if it had run out.</summary>
    public async Task<BillingLease> TakeLeaseAsync() =>
        Lease = (await Store.TakeLeaseAsync(Guid.CreateVersion7(), DateTimeOffset.MaxValue, Clock.Now.AddYears(1), default))!.Value;

    public async Task LinkAsync(string tenant, string? customer) => await _cuts.Directory.PutTenantAsync(
        new Tenant { Id = tenant, StripeCustomerId = customer }, new Edit(AuditActor.Proxy), default);

    /// <summary>Books a call, and keeps what it comes to.</summary>
    public async Task UseAsync(string tenant, long charged)
    {
        await _cuts.Factory.BookAsync([CutScene.Entry(tenant, Clock.Now, (charged, charged, 1))], Clock.Now);
        _used[tenant] = _used.GetValueOrDefault(tenant) + charged;
    }

    public async Task UseAllAsync(long charged = 1_234_567)
    {
        for (var i = 0; i < 3; i++)
            await UseAsync($"t{i}", charged + i);
    }

    public Task RunAsync() => Runs.RunAsync(Lease, isAsked: false, default);

    /// <summary>Runs every few minutes until nothing waits.</summary>
    public async Task RunToTheEndAsync(int most = 60, TimeSpan? step = null)
    {
        for (var i = 0; i < most; i++)
        {
            await RunAsync();
            if ((await OpenAsync()).Count == 0)
                return;
            Clock.Advance(step ?? TimeSpan.FromMinutes(6));
        }

        Assert.Fail(string.Join('\n', (await OpenAsync()).Select(bucket => bucket.ToString())));
    }

    public async Task<List<Bucket>> BucketsAsync()
    {
        var buckets = new List<Bucket>();
        await foreach (var bucket in Store.BucketsAsync(new BucketFilter(), default))
            buckets.Add(bucket);
        return buckets;
    }

    public async Task<List<Bucket>> OpenAsync() => (await BucketsAsync()).FindAll(bucket => bucket.IsOpen);

    /// <summary>Nothing lost, nothing twice, no bucket that has not ended.</summary>
    public async Task AssertSumsAsync()
    {
        foreach (var (tenant, nanos) in _used)
            Assert.Equal((tenant, nanos / 1000), (tenant, Stripe.Books.Sum($"cus_{tenant}", CutScene.Money)));
        Assert.All(await BucketsAsync(), bucket => Assert.Equal(BucketState.Sent, bucket.State));
    }

    /// <summary>And never two requests of one customer at once.</summary>
    public async Task AssertBilledAsync()
    {
        await AssertSumsAsync();
        Assert.InRange(Stripe.Books.MostAtOnceOfAny, 0, 1);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        _metrics.Dispose();
        await Stripe.DisposeAsync();
        await _cuts.DisposeAsync();
    }
}
