using System.Diagnostics;
using System.Net;
using BudgetProxy.DirectoryFile;
using BudgetProxy.Hosting;
using BudgetProxy.Tests.Gateway;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.DirectoryFile;

/// <summary>The real proxy with a directory file.</summary>
public sealed class DirectoryFileWatchTests : IDisposable
{
    private const string Key = "bp_0123456789abcdefghijklmnopqrstuvwxyzABCDEF";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly TempFolder _folder = new();

    private string FilePath => Path.Combine(_folder.Path, "directory.yaml");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_is_in_force_with_the_first_call_and_again_after_each_change()
    {
        await File.WriteAllTextAsync(FilePath, Yaml("1.00"));
        await using var proxy = await StartAsync();
        using var client = proxy.Client(Key);
        using (var served = await client.PostAsync("/openai/v1/chat/completions", TestProxy.Json(Bodies.Chat())))
            Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        Assert.Contains("budgetproxy_directory_file_in_force 1", await MetricsAsync(proxy), StringComparison.Ordinal);

        await File.WriteAllTextAsync(FilePath, Yaml("0.00"));
        await WhenLimitAsync(proxy, "0.00");
        using (var refused = await client.PostAsync("/openai/v1/chat/completions", TestProxy.Json(Bodies.Chat())))
            Assert.Equal(HttpStatusCode.PaymentRequired, refused.StatusCode);

        // As editors replace a file.
        var beside = FilePath + ".new";
        await File.WriteAllTextAsync(beside, Yaml("2.00"));
        File.Move(beside, FilePath, overwrite: true);
        await WhenLimitAsync(proxy, "2.00");
        var audit = await proxy.Admin.GetStringAsync("audit?by=directory-file");
        Assert.Contains("directory.apply", audit, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mounted_config_map_is_followed_when_its_link_is_moved()
    {
        foreach (var (version, limit) in new[] { ("v1", "1.00"), ("v2", "3.00") })
        {
            Directory.CreateDirectory(Path.Combine(_folder.Path, version));
            await File.WriteAllTextAsync(Path.Combine(_folder.Path, version, "directory.yaml"), Yaml(limit));
        }

        var data = Path.Combine(_folder.Path, "..data");
        File.CreateSymbolicLink(data, "v1");
        File.CreateSymbolicLink(FilePath, Path.Combine("..data", "directory.yaml"));
        await using var proxy = await StartAsync();
        await WhenLimitAsync(proxy, "1.00");
        File.CreateSymbolicLink(data + "_tmp", "v2");
        // rename(2) of the link itself, which .NET can't.
        using (var move = Process.Start("mv", ["-T", data + "_tmp", data]))
            await move.WaitForExitAsync();
        await WhenLimitAsync(proxy, "3.00");
    }

    [Fact]
    public async Task A_bad_change_changes_nothing_is_told_and_mended_by_the_next()
    {
        await File.WriteAllTextAsync(FilePath, Yaml("1.00"));
        await using var proxy = await StartAsync();
        await File.WriteAllTextAsync(FilePath, Yaml("9.00").Replace("window", "windw", StringComparison.Ordinal));
        await WhenInForceAsync(proxy, "0");
        Assert.Equal("1.00", await LimitAsync(proxy));
        File.Delete(FilePath);
        await Poll.UntilAsync(async () => (await MetricsAsync(proxy)).Contains("budgetproxy_directory_file_reads_total{outcome=\"refused\"} 2", StringComparison.Ordinal), Limit, "a missing file is told");
        Assert.Equal("1.00", await LimitAsync(proxy));
        await File.WriteAllTextAsync(FilePath, Yaml("4.00"));
        await WhenLimitAsync(proxy, "4.00");
        await WhenInForceAsync(proxy, "1");
    }

    [Fact]
    public async Task What_the_file_lacks_goes_only_with_prune()
    {
        await File.WriteAllTextAsync(FilePath, Yaml("1.00"));
        await using (var proxy = await StartAsync())
        {
            await proxy.CreateTenantAsync("other");
            await File.WriteAllTextAsync(FilePath, Yaml("2.00"));
            await WhenLimitAsync(proxy, "2.00");
            Assert.Equal(HttpStatusCode.OK, (await proxy.Admin.GetAsync("tenants/other")).StatusCode);
        }

        await using (var proxy = await StartAsync(("DirectoryFilePrune", "true")))
        {
            await proxy.CreateTenantAsync("other");
            await File.WriteAllTextAsync(FilePath, Yaml("3.00"));
            await WhenLimitAsync(proxy, "3.00");
            Assert.Equal(HttpStatusCode.NotFound, (await proxy.Admin.GetAsync("tenants/other")).StatusCode);
        }
    }

    [Theory]
    [InlineData("tenants: { acme: { nme: x, budgets: { b: {} } } }", 3)]
    [InlineData("", 1)]
    [InlineData(null, 1)]
    public async Task A_bad_file_at_the_first_start_ends_it_with_every_error(string? yaml, int errors)
    {
        if (yaml is not null)
            await File.WriteAllTextAsync(FilePath, yaml);
        var wrong = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync());
        Assert.Equal(errors, wrong.Errors.Count);
        Assert.All(wrong.Errors, error => Assert.StartsWith($"BudgetProxy__DirectoryFile: {FilePath}", error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task As_a_process_a_bad_file_is_told_and_ends_with_exit_code_1_but_not_where_something_is_stored()
    {
        using var data = new TempFolder();
        var settings = new Dictionary<string, string>
        {
            ["BudgetProxy__DataDirectory"] = data.Path, ["BudgetProxy__AdminKey"] = TestProxy.AdminKey, ["BudgetProxy__DirectoryFile"] = FilePath, ["TENANT_KEY"] = Key,
        };
        await File.WriteAllTextAsync(FilePath, "tenants: { acme: { keys: { main: { env: TENANT_KEY } } } }");
        await using var proxy = await ProxyProcess.StartAsync(settings);
        using var client = new HttpClient { BaseAddress = proxy.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/v1/estimate/openai/chat/completions", TestProxy.Json(Bodies.Chat()))).StatusCode);
        Assert.DoesNotContain(Key, proxy.Output, StringComparison.Ordinal);

        await File.WriteAllTextAsync(FilePath, "tenants: { acme: { nme: x } }");
        await proxy.KillAsync();
        await proxy.RestartAsync();
        Assert.Contains("NOTHING of it is applied", proxy.Output, StringComparison.Ordinal);
        Assert.Contains($"{FilePath}:1:20 tenants.acme.nme: There is no such field here.", proxy.Output, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/v1/estimate/openai/chat/completions", TestProxy.Json(Bodies.Chat()))).StatusCode);
    }

    [Fact]
    public async Task A_file_that_is_too_long_is_refused_through_the_api_with_an_answer()
    {
        await File.WriteAllTextAsync(FilePath, Yaml("1.00"));
        await using var proxy = await StartAsync();
        using var content = new ByteArrayContent(new byte[DirectoryFileReader.MaxBytes + 1]);
        content.Headers.ContentType = new("application/yaml");
        using var answer = await proxy.Admin.PostAsync("directory", content);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    private static string Yaml(string limit) =>
        $$"""
        tenants:
          acme:
            budgets:
              monthly: { limit: { usd: {{limit}} }, window: month }
            keys:
              main: { key: {{Key}} }
        """;

    private static async Task<string?> LimitAsync(TestProxy proxy) =>
        (await proxy.BudgetsAsync("acme")).GetValueOrDefault("monthly") is { ValueKind: System.Text.Json.JsonValueKind.Object } budget
            ? budget.GetProperty("limit").GetProperty("usd").GetString()
            : null;

    private static Task WhenLimitAsync(TestProxy proxy, string limit) =>
        Poll.UntilAsync(async () => await LimitAsync(proxy) == limit, Limit, $"the limit is {limit}");

    private static Task WhenInForceAsync(TestProxy proxy, string value) => Poll.UntilAsync(
        async () => (await MetricsAsync(proxy)).Contains($"budgetproxy_directory_file_in_force {value}", StringComparison.Ordinal), Limit, $"in force is {value}");

    private static async Task<string> MetricsAsync(TestProxy proxy)
    {
        using var client = new HttpClient { BaseAddress = proxy.BaseAddress };
        return await client.GetStringAsync("/metrics");
    }

    private Task<TestProxy> StartAsync(params (string Key, string Value)[] settings) => TestProxy.StartAsync([("DirectoryFile", FilePath), .. settings]);
}
