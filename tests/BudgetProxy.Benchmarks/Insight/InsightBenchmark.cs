using System.Diagnostics;
using System.Net.Http.Headers;
using BudgetProxy.Benchmarks.Proxy;
using BudgetProxy.Benchmarks.Servers;
using BudgetProxy.Tests.Dashboard;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Benchmarks.Insight;

/// <summary><c>insight</c>: the real proxy over a seeded installation; every list and page asked many times, then calls through the path with and without those who ask.</summary>
internal static class InsightBenchmark
{
    /// <summary>What is asked. New lists and pages are added here.</summary>
    private static readonly string[] Questions =
    [
        "overview", "overview?days=1", "overview?days=90", "tenants/t00000/overview", "tenants/t05000/overview?days=90",
        "tenants", "tenants?limit=1000", "tenants?sort=-spend", "tenants?sort=name&after=t09000", "tenants?search=cedar&sort=-spend", "tenants/t00000",
        "tenants/t00000/budgets", "tenants/t05000/budgets", "tenants/t00000/keys",
        "calls", "calls?tenant=t00000", "calls?tenant=t05000&limit=200", "calls?user=user-7&model=gpt-4o", "calls?tenant=t00000&user=nobody", "calls?status=500",
        "usage", "usage?from={month}", "usage?groupBy=day,model", "usage?groupBy=tenant&from={month}", "usage?groupBy=tenant", "usage?tenant=t00000&groupBy=user&from={month}",
        "usage?tenant=t00000&groupBy=user,model", "usage?tenant=t05000&groupBy=day,user&from={week}", "usage?groupBy=model&from={yesterday}", "usage?groupBy=day,tenant&from={day}",
        "live", "health", "rates", "audit", "plans", "admin-keys", "alerts", "alerts/webhooks", "alerts/deliveries",
    ];

    /// <summary>What a browser asks for once it has signed in; new pages are added here.</summary>
    private static readonly string[] Pages =
    [
        "/admin", "/admin?days=90", "/admin/live", "/admin/tenants", "/admin/tenants?sort=-spend", "/admin/tenants/t00000", "/admin/tenants/t05000", "/admin/rates",
        "/admin/exports", "/admin/tenants/t05000/statements/{calendar}", "/admin/audit", "/admin/alerts", "/admin/plans", "/admin/keys", "/admin/health",
    ];

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var rounds = arguments.Number("rounds", 40);
        var seconds = TimeSpan.FromSeconds(arguments.Number("seconds", 10));
        var upstream = FreePort.Next();
        using var provider = ChildProcess.StartSelf(false, "provider", "--fast", "--port", $"{upstream}");
        await provider.WaitForAsync(upstream);
        var launcher = new ProxyLauncher(upstream, "", null, null) { Folder = arguments.Text("data", "") };
        var started = Stopwatch.GetTimestamp();
        await using var proxy = await launcher.StartAsync("proxy", 1);
        Console.WriteLine($"Started in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s, {proxy.Processes[0].WorkingSet} MiB.");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{proxy.Ports[0]}/admin/v1/"), Timeout = TimeSpan.FromMinutes(5) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ProxyLauncher.AdminKey);
        Console.WriteLine("| GET | first ms | p50 ms | p95 ms | p99 ms | KB |");
        Console.WriteLine("|---|---|---|---|---|---|");
        var slow = 0;
        foreach (var question in Questions)
            slow += await AskAsync(path => http.GetAsync(path), question, rounds) ? 0 : 1;
        using var browser = new FormBrowser(new Uri($"http://127.0.0.1:{proxy.Ports[0]}"));
        using (await browser.SignInAsync(ProxyLauncher.AdminKey))
        {
            foreach (var page in Pages)
                slow += await AskAsync(path => browser.GetAsync(path), page, rounds) ? 0 : 1;
        }

        Console.WriteLine($"{slow} of {Questions.Length + Pages.Length} above 300 ms at p95; the proxy has {proxy.Processes[0].WorkingSet} MiB.");
        await LoadAsync(proxy, http, seconds);
        return slow == 0 ? 0 : 1;
    }

    private static string Filled(string question)
    {
        var now = TimeProvider.System.GetUtcNow();
        return question.Replace("{month}", $"{now:yyyy-MM}-01", StringComparison.Ordinal).Replace("{calendar}", $"{now:yyyy-MM}", StringComparison.Ordinal).Replace("{day}", $"{now.AddDays(-1):yyyy-MM-dd}", StringComparison.Ordinal)
            .Replace("{week}", $"{now.AddDays(-7):yyyy-MM-dd}", StringComparison.Ordinal)
            .Replace("{yesterday}", $"{now.AddDays(-1):yyyy-MM-dd'T'HH:mm:ss'Z'}", StringComparison.Ordinal);
    }

    /// <returns>True where the 95th percentile is within 300 ms.</returns>
    private static async Task<bool> AskAsync(Func<string, Task<HttpResponseMessage>> ask, string question, int rounds)
    {
        var times = new List<double>();
        var bytes = 0L;
        for (var round = 0; round < rounds; round++)
        {
            var begun = Stopwatch.GetTimestamp();
            using var answer = await ask(Filled(question));
            bytes = (await answer.Content.ReadAsByteArrayAsync()).Length;
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            if (!answer.IsSuccessStatusCode)
                throw new InvalidOperationException($"GET {question}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }

        var sorted = times.Order().ToList();
        double At(int percent) => sorted[Math.Min(sorted.Count - 1, sorted.Count * percent / 100)];
        Console.WriteLine($"| `{question}` | {times[0]:N1} | {At(50):N1} | **{At(95):N1}** | {At(99):N1} | {bytes / 1024.0:N1} |");
        return At(95) <= 300;
    }

    private static async Task LoadAsync(BenchmarkTarget proxy, HttpClient http, TimeSpan seconds)
    {
        var load = new LoadCase(1024, false, 16);
        await proxy.MeasureAsync(load, TimeSpan.FromSeconds(2));
        Console.WriteLine("| 16 callers | calls/s | p50 µs | p99 µs | MiB |");
        Console.WriteLine("|---|---|---|---|---|");
        for (var round = 0; round < 2; round++)
        {
            Show("alone", await proxy.MeasureAsync(load, seconds));
            using var stop = new CancellationTokenSource();
            var asker = AskOnAsync(http, stop.Token);
            Show("beside someone who looks", await proxy.MeasureAsync(load, seconds));
            await stop.CancelAsync();
            await asker;
        }
    }

    /// <summary>As an open dashboard with the live view: an answer every half second.</summary>
    private static async Task AskOnAsync(HttpClient http, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            using var answer = await http.GetAsync(new[] { "live", "overview", "tenants?sort=-spend", "calls" }[i % 4], CancellationToken.None);
            await Task.WhenAny(Task.Delay(500, stop));
        }
    }

    private static void Show(string what, Measurement seen) =>
        Console.WriteLine($"| {what} | {seen.Load.CallsPerSecond:N0} | {seen.Load.P50:N0} | {seen.Load.P99:N0} | {seen.WorkingSet:N0} |");
}
