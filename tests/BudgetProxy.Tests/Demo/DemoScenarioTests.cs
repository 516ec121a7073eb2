using System.Net;
using System.Net.Sockets;
using BudgetProxy.Demo;

namespace BudgetProxy.Tests.Demo;

public sealed class DemoScenarioTests
{
    [Fact]
    public async Task Fails_with_a_sentence_when_nothing_listens()
    {
        await using var provider = await SimulatedProvider.StartAsync();
        var output = new StringWriter();
        var scenario = new DemoScenario(new Uri($"http://127.0.0.1:{UnusedPort()}"), "admin", provider, DemoTable.On(output, plain: true));

        Assert.Equal(1, await scenario.RunAsync(TestContext.Current.CancellationToken));
        Assert.Single(scenario.Problems);
        Assert.Contains("Not as it must be", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, provider.CallCount);
    }

    [Fact]
    public async Task Fails_when_the_proxy_is_none()
    {
        await using var provider = await SimulatedProvider.StartAsync();
        var scenario = new DemoScenario(new Uri(provider.BaseUrl), "admin", provider, DemoTable.On(TextWriter.Null, plain: true));
        Assert.Equal(1, await scenario.RunAsync(TestContext.Current.CancellationToken));
    }

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
