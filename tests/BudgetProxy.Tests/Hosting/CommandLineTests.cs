using System.Diagnostics;
using BudgetProxy.Embedded;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Hosting;

/// <summary>The commands that don't serve, as an operator or a container runs them.</summary>
public sealed class CommandLineTests
{
    private static readonly string[] Settings =
    [
        "DataDirectory", "Redis", "Postgres", "AdminKey", "Providers__openai__BaseUrl", "Providers__openai__ApiKey", "Providers__anthropic__BaseUrl",
        "Providers__anthropic__ApiKey", "OnStoreOutage", "OnUnpricedModel", "OnClientDisconnect", "ReservationLifetime", "StoreDeadline", "StopDelay",
        "DrainLimit", "MaxBodyBytes",
    ];

    [Fact]
    public async Task The_help_names_every_setting_and_command()
    {
        var (code, output) = await RunAsync("--help");
        Assert.Equal(0, code);
        foreach (var setting in Settings)
            Assert.Contains($"BudgetProxy__{setting} ", output, StringComparison.Ordinal);
        Assert.Contains("--migrate-only", output, StringComparison.Ordinal);
        Assert.Contains("--health", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_is_0_only_while_the_proxy_is_ready()
    {
        await using var proxy = await TestProxy.StartAsync();
        Assert.Equal((0, "ready"), await RunAsync("--health", new Uri(proxy.BaseAddress, "readyz").AbsoluteUri));
        Assert.Equal(1, (await RunAsync("--health", new Uri(proxy.BaseAddress, "nothing-here").AbsoluteUri)).Code);
        Assert.Equal(1, (await RunAsync("--health", "http://127.0.0.1:1/readyz")).Code);
        Assert.Equal(1, (await RunAsync("--health", "readyz")).Code);
    }

    [Fact]
    public async Task Migrate_only_makes_the_database_and_ends()
    {
        using var folder = new TempFolder();
        var data = Path.Combine(folder.Path, "data");
        for (var run = 0; run < 2; run++)
        {
            var (code, output) = await RunAsync("--BudgetProxy:DataDirectory", data, "--migrate-only", "--urls", "http://127.0.0.1:1");
            Assert.Equal(0, code);
            Assert.Contains("is up to date", output, StringComparison.Ordinal);
        }

        using var database = new EmbeddedDatabase(data);
        var (held, reason) = await RunAsync("--migrate-only", "--BudgetProxy:DataDirectory", data);
        Assert.Equal(1, held);
        Assert.Contains("in use", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_only_tells_a_wrong_configuration()
    {
        var (code, output) = await RunAsync("--migrate-only", "--BudgetProxy:Redis", "localhost");
        Assert.Equal(1, code);
        Assert.Contains("come together", output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "BudgetProxy.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, (output + await error).Trim());
    }
}
