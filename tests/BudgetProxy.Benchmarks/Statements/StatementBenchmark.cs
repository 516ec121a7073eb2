using System.Diagnostics;
using System.Net.Http.Headers;
using BudgetProxy.Benchmarks.Insight;
using BudgetProxy.Benchmarks.Proxy;
using BudgetProxy.Benchmarks.Servers;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Benchmarks.Statements;

/// <summary>
/// <c>statement</c>: a month of one tenant with a million entries, in every form, each asked of a proxy that has just started; beside it the ledger of the same month,
/// streamed alone.
/// </summary>
internal static class StatementBenchmark
{
    private const string Tenant = "t00000";

    private static readonly (string What, string Path)[] Questions =
    [
        ("the ledger alone, JSON lines", "ledger?tenant={tenant}&from={from}&to={to}"), ("the ledger alone, CSV", "ledger?tenant={tenant}&from={from}&to={to}&format=csv"),
        ("entries, JSON lines", "tenants/{tenant}/statements/{month}?detail=entries"), ("entries, CSV", "tenants/{tenant}/statements/{month}?detail=entries&format=csv"),
        ("entries for us, CSV", "tenants/{tenant}/statements/{month}?detail=entries&format=csv&for=us"),
        ("totals, JSON", "tenants/{tenant}/statements/{month}"), ("totals, CSV", "tenants/{tenant}/statements/{month}?format=csv"), ("totals, the page", "tenants/{tenant}/statements/{month}?format=html"),
        ("list of months", "tenants/{tenant}/statements"),
    ];

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var entries = arguments.Number("entries", 1_000_000);
        var now = TimeProvider.System.GetUtcNow();
        var to = new DateTimeOffset(now.UtcDateTime.Year, now.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);
        var from = to.AddMonths(-1);
        var data = Directory.CreateTempSubdirectory("budgetproxy-statement-");
        try
        {
            // So many in the days of the plan that the month has as many as were asked for.
            await EmbeddedSeeder.RunAsync(new SeedPlan(1, 0, ((long)entries * SeedPlan.Days / (to - from).Days) + SeedPlan.Days, to), data.FullName);
            await MeasureAsync(data.FullName, entries, from, to);
        }
        finally
        {
            data.Delete(recursive: true);
        }

        return 0;
    }

    private static async Task MeasureAsync(string data, int entries, DateTimeOffset from, DateTimeOffset to)
    {
        var upstream = FreePort.Next();
        using var provider = ChildProcess.StartSelf(false, "provider", "--fast", "--port", $"{upstream}");
        await provider.WaitForAsync(upstream);
        Console.WriteLine("| what | lines | MB | s | entries/s | ÷ the ledger alone | MiB before | peak MiB |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        var alone = 0.0;
        foreach (var (what, path) in Questions)
        {
            await using var proxy = await new ProxyLauncher(upstream, "", null, null) { Folder = data }.StartAsync("proxy", 1);
            var asked = path.Replace("{tenant}", Tenant, StringComparison.Ordinal).Replace("{month}", $"{from:yyyy-MM}", StringComparison.Ordinal)
                .Replace("{from}", $"{from:yyyy-MM-dd}", StringComparison.Ordinal).Replace("{to}", $"{to:yyyy-MM-dd}", StringComparison.Ordinal);
            var before = PeakOf(proxy);
            var (seconds, bytes, lines) = await AskAsync(proxy, asked);
            if (path.StartsWith("ledger", StringComparison.Ordinal))
                alone = seconds;
            var many = lines >= entries;
            Console.WriteLine($"| {what} | {lines:N0} | {bytes / 1e6:N1} | {seconds:N2} | {(many ? $"{lines / seconds:N0}" : "")} | {(many ? $"**{seconds / alone:0.00}**" : "")} | {before} | {PeakOf(proxy)} |");
        }
    }

    private static async Task<(double Seconds, long Bytes, long Lines)> AskAsync(BenchmarkTarget proxy, string path)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{proxy.Ports[0]}/admin/v1/"), Timeout = TimeSpan.FromMinutes(20) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ProxyLauncher.AdminKey);
        var begun = Stopwatch.GetTimestamp();
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"GET {path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        await using var body = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[256 * 1024];
        var (bytes, lines) = (0L, 0L);
        while (await body.ReadAsync(buffer) is > 0 and var read)
        {
            bytes += read;
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
        }

        return (Stopwatch.GetElapsedTime(begun).TotalSeconds, bytes, lines);
    }

    /// <summary>Most resident memory that the process ever had, in MiB.</summary>
    private static long PeakOf(BenchmarkTarget target) => long.Parse(
        File.ReadLines($"/proc/{target.Processes[0].Id}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]) / 1024;
}
