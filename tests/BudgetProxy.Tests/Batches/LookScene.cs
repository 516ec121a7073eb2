using System.Text;
using BudgetProxy.Batches;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Learning;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Demo;
using BudgetProxy.Embedded;
using BudgetProxy.Forwarding;
using BudgetProxy.Gateway;
using BudgetProxy.Hosting;
using BudgetProxy.Insight;
using BudgetProxy.Ledger;
using BudgetProxy.Rates;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Embedded;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using BudgetProxy.Tests.Tenants;

namespace BudgetProxy.Tests.Batches;

/// <summary>The parts that follow a batch, on a clock that the test moves, before a simulated provider that lives by the same clock.</summary>
internal sealed class LookScene : IAsyncDisposable
{
    public const string Tenant = "acme";

    private readonly EmbeddedStoreFactory _books;
    private readonly TenantDirectory _directory;
    private readonly ProviderTargets _targets;
    private readonly CallsInFlight _calls;
    private readonly ProxyMetrics _metrics = new(new RefusalTally(TimeProvider.System));
    private readonly BatchLook _look;
    private readonly ProxyOptions _options;

    private LookScene(TestClock clock, SimulatedProvider provider)
    {
        (Clock, Provider) = (clock, provider);
        var url = new Uri(provider.BaseUrl);
        _options = new ProxyOptions
        {
            BatchPollInterval = TimeSpan.FromSeconds(1),
            Providers = new Dictionary<Provider, ProviderOptions> { [Core.Requests.Provider.OpenAi] = new(url, null), [Core.Requests.Provider.Anthropic] = new(url, null) },
        };
        _books = new EmbeddedStoreFactory(clock);
        Store = new SqliteBatchStore(_books.Database);
        _directory = new TenantDirectory(new SqliteDirectoryStore(_books.Database), _books.Store, clock);
        _targets = new ProviderTargets(_options);
        _calls = new CallsInFlight(clock);
        var asked = new BatchProvider(_targets, _calls, clock);
        Admission = new BatchAdmission(Store, _books.Store, _metrics, _options, clock);
        var rates = new RateTable(new SqliteRateStore(_books.Database), clock);
        var parts = new BatchParts(
            Store, asked, new OwnBatches(Store, asked, clock), new BatchSearch(Store, asked), new BatchResults(Store, asked),
            new BatchSettler(Store, _books.Store, _books.Ledger, rates, _metrics), Admission);
        _look = new BatchLook(parts, _directory, _options, clock, NullLogger<BatchLook>.Instance);
    }

    public TestClock Clock { get; }

    public SimulatedProvider Provider { get; }

    public IBatchStore Store { get; }

    public BatchAdmission Admission { get; }

    public EmbeddedStore Books => _books.Embedded;

    /// <summary>The call that made the last batch.</summary>
    public Call LastCall { get; private set; } = null!;

    public static async Task<LookScene> StartAsync()
    {
        var clock = new TestClock();
        var scene = new LookScene(clock, await SimulatedProvider.StartAsync(new SimulatedProviderOptions { Time = clock }));
        await scene._directory.StartAsync("an-admin-key-of-tests", default);
        await scene._directory.PutTenantAsync(new Tenant { Id = Tenant }, default);
        await scene._directory.PutBudgetAsync(new Budget
        {
            Tenant = Tenant, Name = "monthly", LimitKind = LimitKind.Usd, Limit = 1_000_000_000,
            Window = BudgetWindow.TryParse("lifetime", TimeZoneInfo.Utc, out var window) ? window : throw new InvalidOperationException(),
        }, default);
        return scene;
    }

    /// <summary>Reserves a message batch of so many requests, marked as being sent.</summary>
    /// <param name="bodyTook">How long before now its call began.</param>
    public async Task<Batch> AdmitAsync(int requests, TimeSpan bodyTook = default)
    {
        var route = new ProviderRoute(Core.Requests.Provider.Anthropic, "POST", "/anthropic/v1/messages/batches", "/v1/messages/batches", null);
        var call = new Call(new DefaultHttpContext(), route, Guid.CreateVersion7(Clock.Now - bodyTook), Clock.Now - bodyTook)
        {
            Key = new VirtualKey { Id = "key_1", Tenant = Tenant, Name = "main", Prefix = "bp_" },
            Tenant = _directory.Current.FindTenant(Tenant)!,
            Caller = new Caller { Tenant = Tenant, Key = "key_1" },
        };
        LastCall = call;
        var rules = new LineRules(call, RateCard.Shipped, new Learner(), _options, Clock.Now);
        var (intake, pricer) = (new LineIntake(rules), new BatchPricer(rules));
        for (var i = 0; i < requests; i++)
            intake.Take(i + 1, Encoding.UTF8.GetBytes(BatchScene.MessageRequest($"{i}", maxTokens: 100 + i)), tooLong: false);
        Assert.Equal(0, intake.Problems.Count);
        var priced = intake.Finish().Select(pricer.Price).ToList();
        Assert.Null(await Admission.AdmitAsync(call, pricer.Conclude(), priced, null));
        return (await Store.GetAsync(call.Id, default))!;
    }

    /// <summary>Sends the same batch to the provider and, unless its answer is lost, opens it.</summary>
    public async Task SendAsync(Batch batch, bool answerIsLost = false)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        using var made = await client.PostAsync(
            Provider.BaseUrl + "/v1/messages/batches", TestProxy.Json(BatchScene.Requests(batch.Definition.LineCount, i => BatchScene.MessageRequest($"{i}", maxTokens: 100 + i))));
        var text = await made.Content.ReadAsStringAsync();
        if (!answerIsLost)
            Assert.True(await Store.MoveAsync(batch.Id, BatchState.Sending, BatchState.Open, ProviderBatch.Read(Core.Requests.Provider.Anthropic, text)!.Id, text, default));
    }

    /// <summary>Moves the clock, and looks at whatever is due.</summary>
    public async Task LaterAsync(TimeSpan by)
    {
        Clock.Advance(by);
        var owner = Guid.CreateVersion7(Clock.Now);
        while (await Store.ClaimAsync(owner, Clock.Now, Clock.Now + TimeSpan.FromMinutes(1), default) is { } batch)
            await LookAsync(batch, owner);
    }

    /// <summary>Looks at a batch as a proxy does that has read this row, however long ago.</summary>
    public Task LookAsync(Batch batch, Guid owner) =>
        _look.RunAsync(batch, new BatchLease(Store, batch.Id, owner, Clock, TimeSpan.FromMinutes(1)), default);

    public async Task<List<LedgerEntry>> LedgerAsync()
    {
        var entries = new List<LedgerEntry>();
        await foreach (var entry in _books.Ledger.StreamAsync(new LedgerFilter(Tenant), default))
            entries.Add(entry);
        return entries;
    }

    /// <summary>The budget's counter, in nano-dollars.</summary>
    public async Task<(long Spent, long Held)> CounterAsync()
    {
        var state = Assert.Single(await _books.Store.ReadAsync(_directory.Current.FindTenant(Tenant)!.Budgets, default));
        return (state.Spent, state.Held);
    }

    public async ValueTask DisposeAsync()
    {
        await Provider.DisposeAsync();
        _targets.Dispose();
        _calls.Dispose();
        _directory.Dispose();
        _metrics.Dispose();
        _books.Dispose();
    }
}
