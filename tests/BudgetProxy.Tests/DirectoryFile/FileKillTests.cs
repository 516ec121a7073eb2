using System.Net;
using System.Net.Http.Headers;
using System.Text;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.DirectoryFile;

/// <summary>A proxy that is killed while it applies a file.</summary>
public sealed class FileKillTests
{
    private const int Tenants = 300;

    [Fact]
    public async Task A_kill_at_any_moment_leaves_all_of_a_file_or_nothing_and_applying_it_again_completes_it()
    {
        using var data = new TempFolder();
        var settings = new Dictionary<string, string> { ["BudgetProxy__DataDirectory"] = data.Path, ["BudgetProxy__AdminKey"] = TestProxy.AdminKey };
        await using var proxy = await ProxyProcess.StartAsync(settings);
        var random = new Random(20261128);
        for (var version = 1; version <= 5; version++)
        {
            var applying = ApplyAsync(proxy, version);
            await Task.WhenAny(applying, Task.Delay(random.Next(1, 700)));
            await proxy.KillAsync();
            await IgnoreAsync(applying);
            await proxy.RestartAsync();
            var limits = await LimitsAsync(proxy);
            var isWhole = limits.Count == 0 || (limits.Count == 1 && limits.Single().Value == Tenants);
            Assert.True(isWhole, string.Join(", ", limits));
            Assert.Contains(limits.Keys.SingleOrDefault(), new[] { null, $"{version}.00", $"{version - 1}.00" });
            Assert.Equal(HttpStatusCode.OK, await ApplyAsync(proxy, version));
            Assert.Equal(new() { [$"{version}.00"] = Tenants }, await LimitsAsync(proxy));
        }
    }

    private static async Task<HttpStatusCode> ApplyAsync(ProxyProcess proxy, int version)
    {
        var yaml = new StringBuilder("tenants:\n");
        for (var i = 0; i < Tenants; i++)
            yaml.Append($"  t{i}: {{ name: v{version}, budgets: {{ b: {{ limit: {{ usd: {version} }}, window: {(version % 2 == 0 ? "month" : "day")} }} }} }}\n");
        using var admin = proxy.Admin();
        using var content = new StringContent(yaml.ToString(), Encoding.UTF8, MediaTypeHeaderValue.Parse("application/yaml"));
        using var response = await admin.PostAsync("directory?apply=true", content);
        return response.StatusCode;
    }

    /// <summary>How many budgets there are of each limit.</summary>
    private static async Task<Dictionary<string, int>> LimitsAsync(ProxyProcess proxy)
    {
        using var admin = proxy.Admin();
        var lines = (await admin.GetStringAsync("directory")).Split('\n').Where(line => line.Contains("limit:", StringComparison.Ordinal));
        return lines.CountBy(line => line.Split('"')[1]).ToDictionary();
    }

    private static async Task IgnoreAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (HttpRequestException)
        {
            // It was killed.
        }
    }
}
