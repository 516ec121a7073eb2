using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Benchmarks.Servers;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>Starts proxies that share what they know.</summary>
/// <param name="data">Below it each proxy has a data directory.</param>
/// <param name="stores">Null = embedded: one proxy alone.</param>
/// <param name="deadline">How long one call to Redis may take; null = as long as the proxy gives it by itself.</param>
internal sealed class ProxyLauncher(int upstream, string data, StoreServers? stores, TimeSpan? deadline)
{
    internal const string AdminKey = "benchmark-admin-key";

    /// <summary>The data directory of one that is to serve what is there; null = each has one of its own.</summary>
    public string? Folder { get; init; }

    public async Task<BenchmarkTarget> StartAsync(string name, int count)
    {
        var ports = new List<int>();
        var processes = new List<ChildProcess>();
        try
        {
            var key = "";
            for (var i = 0; i < count; i++)
            {
                ports.Add(FreePort.Next());
                processes.Add(Start(ports[i]));
                await processes[i].WaitForAsync(ports[i]);
                // Those that start later find the tenant in the directory.
                if (i == 0)
                    key = await SetUpTenantAsync(ports[0]);
            }

            return new BenchmarkTarget(name, ports, "/openai/v1/chat/completions", key, processes) { Stores = stores };
        }
        catch
        {
            foreach (var process in processes)
                process.Dispose();
            throw;
        }
    }

    private ChildProcess Start(int port)
    {
        var environment = new Dictionary<string, string>
        {
            ["BudgetProxy__Providers__openai__BaseUrl"] = $"http://127.0.0.1:{upstream}",
            ["BudgetProxy__Providers__openai__ApiKey"] = "sk-benchmark",
            ["BudgetProxy__Providers__anthropic__BaseUrl"] = $"http://127.0.0.1:{upstream}",
            ["BudgetProxy__DataDirectory"] = Folder ?? Path.Combine(data, $"{port}"),
            ["BudgetProxy__AdminKey"] = AdminKey,
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            // What goes wrong is shown beside the table; the rest of the log is not.
            ["Logging__Console__LogToStandardErrorThreshold"] = "Warning",
        };
        if (stores is not null)
        {
            environment["BudgetProxy__Redis"] = stores.Redis;
            environment["BudgetProxy__Postgres"] = stores.Postgres;
        }

        if (deadline is { } limit)
            environment["BudgetProxy__StoreDeadline"] = $"{limit:c}";
        return ChildProcess.Start("dotnet", [FindProxy(), "--urls", $"http://127.0.0.1:{port}"], environment);
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
