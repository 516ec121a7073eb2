using System.Collections.Concurrent;
using System.Text.Json;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Gateway;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>
/// Proxies as processes on one Redis and one Postgres, before one simulated provider that keeps its own books. They can be killed, frozen and
/// started again; whose calls may have been lost with them is remembered for the audit.
/// </summary>
internal sealed class Fleet : IAsyncDisposable
{
    private static readonly TimeSpan DirectoryLimit = TimeSpan.FromSeconds(15);

    /// <summary>Of the output of a proxy that ended: its last characters.</summary>
    private const int Told = 4000;

    private readonly List<TempFolder> _folders = [];
    private readonly List<ProxyProcess> _proxies = [];
    private readonly List<HttpClient> _clients = [];
    private readonly HashSet<int> _killed = [];
    private readonly ConcurrentDictionary<int, bool> _away = new();
    private readonly Dictionary<string, string> _keys = [];
    private readonly ConcurrentDictionary<int, PlannedCall> _planned = new();

    private Fleet(SimulatedProvider provider)
    {
        Provider = provider;
        provider.Script = call => _planned.TryGetValue(CallWire.NumberIn(call.Body), out var planned)
            ? CallWire.Answer(planned, call.Request)
            : new SimulatedAnswer();
    }

    public SimulatedProvider Provider { get; }

    public IReadOnlyList<ProxyProcess> Proxies => _proxies;

    /// <summary>The first proxy that runs.</summary>
    public ProxyProcess Alive => _proxies.First(proxy => !proxy.HasExited);

    public static async Task<Fleet> StartAsync(FleetOptions options)
    {
        var fleet = new Fleet(await SimulatedProvider.StartAsync());
        try
        {
            var settings = Enumerable.Range(0, options.Proxies).Select(index => fleet.Settings(options, index)).ToList();
            fleet._proxies.AddRange(await Task.WhenAll(settings.Select(ProxyProcess.StartAsync)));
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }

        foreach (var proxy in fleet._proxies)
        {
            fleet._clients.Add(new HttpClient(new SocketsHttpHandler { UseCookies = false, UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(10) })
            {
                BaseAddress = proxy.BaseAddress,
                Timeout = Timeout.InfiniteTimeSpan,
            });
        }

        return fleet;
    }

    public HttpClient ClientOf(int proxy) => _clients[proxy];

    public string KeyOf(string tenant) => _keys[tenant];

    /// <summary>Makes tenants with their budgets and a key each; returns once every proxy knows them.</summary>
    public async Task SetUpAsync(IReadOnlyList<BudgetSpec> budgets)
    {
        using var admin = Alive.Admin();
        foreach (var tenant in budgets.GroupBy(budget => budget.Tenant))
        {
            await EnsureAsync(admin.PutAsync($"tenants/{tenant.Key}", TestProxy.Json("""{"markupPercent":12.5}""")));
            foreach (var budget in tenant)
                await EnsureAsync(admin.PutAsync($"tenants/{tenant.Key}/budgets/{budget.Name}", TestProxy.Json(budget.Json)));
            var made = await EnsureAsync(admin.PostAsync($"tenants/{tenant.Key}/keys", TestProxy.Json("""{"name":"race"}""")));
            _keys[tenant.Key] = JsonElement.Parse(made).GetProperty("key").GetString()!;
            for (var index = 0; index < _proxies.Count; index++)
                await WhenKnownAsync(index, tenant.Key, tenant.Count());
        }
    }

    /// <summary>Every call that was expected.</summary>
    public IReadOnlyCollection<PlannedCall> Planned => [.. _planned.Values];

    /// <summary>Tells the provider's script of a call that will be made.</summary>
    public void Expect(PlannedCall call) => _planned[call.Number] = call;

    /// <summary>Fails where a proxy has ended that nobody killed.</summary>
    public void CheckAlive()
    {
        for (var proxy = 0; proxy < _proxies.Count; proxy++)
        {
            var output = _proxies[proxy].Output;
            Assert.True(!_proxies[proxy].HasExited || _away.ContainsKey(proxy), $"Proxy {proxy} has ended by itself: …{output[Math.Max(0, output.Length - Told)..]}");
        }
    }

    /// <summary>The proxy that a load balancer would take: any but those it has found to be away.</summary>
    public int Choose(Random random)
    {
        var here = Enumerable.Range(0, _proxies.Count).Where(proxy => !_away.ContainsKey(proxy)).ToList();
        return here.Count == 0 ? 0 : here[random.Next(here.Count)];
    }

    /// <summary>SIGKILL of one proxy. Calls through it whose answer had not ended may be charged at their worst.</summary>
    public async Task KillAsync(int proxy)
    {
        _killed.Add(proxy);
        _away[proxy] = true;
        await _proxies[proxy].KillAsync();
    }

    /// <summary>Starts a killed proxy where it was; returns once it is ready.</summary>
    public async Task RestartAsync(int proxy)
    {
        await _proxies[proxy].RestartAsync();
        _away.TryRemove(proxy, out _);
    }

    /// <summary>Starts a killed proxy again and again, as a supervisor does with one that ends because its stores are away.</summary>
    /// <returns>Stops doing so, once the proxy is ready.</returns>
    public Func<Task> Supervise(int proxy)
    {
        _proxies[proxy].BeginRestart();
        var ready = Poll.UntilAsync(
            async () =>
            {
                if (_proxies[proxy].HasExited)
                    _proxies[proxy].BeginRestart();
                return await _proxies[proxy].ReadinessAsync() == 200;
            },
            TimeSpan.FromSeconds(60),
            $"proxy {proxy} is ready");
        return async () =>
        {
            await ready;
            _away.TryRemove(proxy, out _);
        };
    }

    /// <summary>SIGSTOP of one proxy in the middle of its calls, and SIGCONT after a while.</summary>
    public async Task FreezeAsync(int proxy, TimeSpan length)
    {
        _proxies[proxy].StopProcess();
        _away[proxy] = true;
        await Task.Delay(length);
        _proxies[proxy].ContinueProcess();
        _away.TryRemove(proxy, out _);
    }

    /// <summary>Whether nobody can say what became of a call: it was going through a proxy that was killed.</summary>
    public bool IsExcused(PlannedCall call) => call.Outcome is CallOutcome.Broken or CallOutcome.Left && _killed.Contains(call.Proxy);

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in _proxies)
            await proxy.DisposeAsync();
        foreach (var client in _clients)
            client.Dispose();
        await Provider.DisposeAsync();
        foreach (var folder in _folders)
            folder.Dispose();
    }

    private Dictionary<string, string> Settings(FleetOptions options, int index)
    {
        var folder = new TempFolder();
        _folders.Add(folder);
        var settings = new Dictionary<string, string>
        {
            ["BudgetProxy__DataDirectory"] = folder.Path,
            ["BudgetProxy__AdminKey"] = TestProxy.AdminKey,
            ["BudgetProxy__Providers__openai__BaseUrl"] = Provider.OpenAiBaseUrl,
            ["BudgetProxy__Providers__anthropic__BaseUrl"] = Provider.AnthropicBaseUrl,
            ["BudgetProxy__ReservationLifetime"] = "00:00:20",
            // Everything runs on one small machine: the usual quarter of a second would at times be missed for want of a processor.
            ["BudgetProxy__StoreDeadline"] = "00:00:01",
        };
        if (options.Redis is { } redis)
            settings["BudgetProxy__Redis"] = redis(index);
        if (options.Postgres is { } postgres)
            settings["BudgetProxy__Postgres"] = postgres(index);
        foreach (var (name, value) in options.Settings)
            settings[name] = value;
        return settings;
    }

    private async Task WhenKnownAsync(int proxy, string tenant, int budgets)
    {
        await Poll.UntilAsync(
            async () =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/estimate/openai/chat/completions") { Content = TestProxy.Json(Bodies.Chat()) };
                request.Headers.Authorization = new("Bearer", KeyOf(tenant));
                using var response = await ClientOf(proxy).SendAsync(request);
                return response.IsSuccessStatusCode
                    && JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("budgets").GetArrayLength() == budgets;
            },
            DirectoryLimit,
            $"proxy {proxy} knows tenant {tenant}");
    }

    private static async Task<string> EnsureAsync(Task<HttpResponseMessage> sent)
    {
        using var response = await sent;
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {text}");
        return text;
    }
}
