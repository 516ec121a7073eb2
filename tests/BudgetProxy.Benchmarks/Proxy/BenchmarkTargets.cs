using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>Starts the upstream and what stands before it, each in its own process.</summary>
internal sealed class BenchmarkTargets : IDisposable
{
    private const string AdminKey = "benchmark-admin-key";

    private readonly List<BenchmarkTarget> _all = [];
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("budgetproxy-benchmark-");
    private readonly BenchmarkTarget _direct;

    private BenchmarkTargets(BenchmarkTarget direct) => _direct = direct;

    /// <summary>In the order asked for.</summary>
    public IReadOnlyList<BenchmarkTarget> All => _all;

    /// <param name="delayMs">Milliseconds that the provider thinks before it answers.</param>
    /// <param name="names"><c>direct</c>, <c>yarp</c>, <c>proxy</c>.</param>
    public static async Task<BenchmarkTargets> StartAsync(IEnumerable<string> names, int delayMs = 0)
    {
        var port = ChildProcess.FreePort();
        var upstream = ChildProcess.StartSelf(false, "provider", "--fast", "--port", $"{port}", "--delay-ms", $"{delayMs}");
        await upstream.WaitForAsync(port);
        var targets = new BenchmarkTargets(new BenchmarkTarget("direct", port, "/v1/chat/completions", "none", upstream));
        try
        {
            foreach (var name in names)
                targets._all.Add(await targets.StartAsync(name));
            return targets;
        }
        catch
        {
            targets.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var target in _all.Append(_direct).Distinct())
            target.Dispose();
        _data.Delete(recursive: true);
    }

    private async Task<BenchmarkTarget> StartAsync(string name) => name switch
    {
        "direct" => _direct,
        "yarp" => await StartYarpAsync(),
        "proxy" => await StartProxyAsync(),
        _ => throw new ArgumentException($"No target is called '{name}'.", nameof(name)),
    };

    private async Task<BenchmarkTarget> StartYarpAsync()
    {
        var port = ChildProcess.FreePort();
        var process = ChildProcess.StartSelf(true, "yarp", "--port", $"{port}", "--upstream", $"http://127.0.0.1:{_direct.Port}");
        await process.WaitForAsync(port);
        return new BenchmarkTarget("bare YARP", port, _direct.Path, _direct.Key, process);
    }

    private async Task<BenchmarkTarget> StartProxyAsync()
    {
        var port = ChildProcess.FreePort();
        var process = ChildProcess.Start("dotnet", [FindProxy(), "--urls", $"http://127.0.0.1:{port}"], new()
        {
            ["BudgetProxy__Providers__openai__BaseUrl"] = $"http://127.0.0.1:{_direct.Port}",
            ["BudgetProxy__Providers__openai__ApiKey"] = "sk-benchmark",
            ["BudgetProxy__DataDirectory"] = _data.FullName,
            ["BudgetProxy__AdminKey"] = AdminKey,
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
        });
        try
        {
            await process.WaitForAsync(port);
            var key = await SetUpTenantAsync(port);
            return new BenchmarkTarget("proxy", port, "/openai/v1/chat/completions", key, process);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>A tenant with three budgets that every call counts in and none refuses; returns its key.</summary>
    private static async Task<string> SetUpTenantAsync(int port)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/admin/v1/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        await PutAsync(http, "tenants/bench", "{}");
        await PutAsync(http, "tenants/bench/budgets/tenant-month", """{"limit":{"usd":"4000000"},"window":"month"}""");
        await PutAsync(http, "tenants/bench/budgets/user-day", """{"per":"user","limit":{"usd":"4000000"},"window":"day"}""");
        await PutAsync(http, "tenants/bench/budgets/project-hour", """{"per":"project","limit":{"requests":1000000000},"window":"hour"}""");
        using var made = await http.PostAsJsonAsync("tenants/bench/keys", new { name = "bench", user = "ann", project = "load" });
        made.EnsureSuccessStatusCode();
        return (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;
    }

    private static async Task PutAsync(HttpClient http, string path, string json)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.PutAsync(path, content);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"PUT {path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>The proxy as its own build left it, not the copy beside this executable: its own settings count.</summary>
    private static string FindProxy()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "BudgetProxy.sln")))
                return Path.Combine(folder.FullName, "src/BudgetProxy/bin/Release/net10.0/BudgetProxy.dll");
        }

        throw new InvalidOperationException("BudgetProxy.sln is in no folder above this executable.");
    }
}
