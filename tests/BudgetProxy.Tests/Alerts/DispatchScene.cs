using BudgetProxy.Alerts;
using BudgetProxy.Embedded;
using BudgetProxy.Hosting;
using BudgetProxy.Insight;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;

namespace BudgetProxy.Tests.Alerts;

/// <summary>Dispatchers over a real store and real sockets, by a clock that the test moves.</summary>
internal sealed class DispatchScene : IAsyncDisposable
{
    private readonly TempFolder? _folder;
    private readonly EmbeddedDatabase? _database;
    private readonly ProxyMetrics _metrics = new(new RefusalTally(TimeProvider.System));
    private readonly AlertMetrics _alertMetrics;
    private readonly List<(AlertDispatcher Dispatcher, AlertRaiser Raiser, WebhookSender Sender)> _running = [];

    public DispatchScene(IAlertStore? store = null)
    {
        _alertMetrics = new AlertMetrics(_metrics);
        if (store is null)
        {
            _folder = new TempFolder();
            _database = new EmbeddedDatabase(_folder.Path);
        }

        Store = store ?? new SqliteAlertStore(_database!);
    }

    public TestClock Clock { get; } = new();

    public IAlertStore Store { get; }

    public ProxyOptions Options { get; init; } = new();

    public async Task<AlertDispatcher> StartAsync()
    {
        var raiser = new AlertRaiser(Store, Options, _alertMetrics, Clock);
        var sender = new WebhookSender(Clock);
        var senders = new AlertSenders(sender, new MailSender(Options, Clock), raiser, _alertMetrics);
        var dispatcher = new AlertDispatcher(Store, senders, Options, Clock, NullLogger<AlertDispatcher>.Instance);
        await dispatcher.StartAsync(default);
        _running.Add((dispatcher, raiser, sender));
        return dispatcher;
    }

    public async Task PutAsync(string name, string url, string secret = "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0") =>
        Assert.True(await Store.SaveAsync(new Webhook { Name = name, Url = url, Secret = secret, CreatedAt = Clock.Now }, default));

    /// <summary>Raises one that has not rung.</summary>
    public async Task<Alert> RaiseAsync(bool mailToo = false)
    {
        var alert = AlertStoreContract.AlertOf("acme", Clock.Now) with { Summary = "acme: it rang." };
        Assert.Single(await Store.RaiseAsync([new AlertCandidate(alert, AlertMark.Of("test", null, alert.PublicId))], mailToo, Clock.Now, default));
        return alert;
    }

    public async Task<List<Delivery>> DeliveriesAsync(string? target = null) => [.. await Store.DeliveriesAsync(new DeliveryQuery(target, null, null, 1000), default)];

    /// <summary>Returns once the deliveries are as wanted.</summary>
    public async Task<List<Delivery>> WhenAsync(Func<List<Delivery>, bool> wanted, string what, string? target = null)
    {
        List<Delivery> found = [];
        await Poll.UntilAsync(async () => wanted(found = await DeliveriesAsync(target)), TimeSpan.FromSeconds(40), what);
        return found;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (dispatcher, raiser, sender) in _running)
        {
            await dispatcher.StopAsync(default);
            dispatcher.Dispose();
            raiser.Dispose();
            sender.Dispose();
        }

        _database?.Dispose();
        _folder?.Dispose();
        _metrics.Dispose();
    }
}
