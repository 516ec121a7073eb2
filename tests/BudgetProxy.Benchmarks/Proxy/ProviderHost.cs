using BudgetProxy.Demo;

namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>
/// The simulated provider as a process of its own: scripted by its options and by <c>PUT /__script</c>, or <c>--fast</c>, which only answers at once.
/// </summary>
internal static class ProviderHost
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var port = arguments.Number("port", 0);
        if (arguments.Has("fast"))
            return await FastUpstream.RunAsync(port, TimeSpan.FromMilliseconds(arguments.Number("delay-ms", 0)));

        await using var provider = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { Port = port });
        var answer = new SimulatedAnswer
        {
            OutputTokens = arguments.Number("output", 12),
            FirstByteDelay = TimeSpan.FromMilliseconds(arguments.Number("delay-ms", 0)),
            ChunkDelay = TimeSpan.FromMilliseconds(arguments.Number("chunk-delay-ms", 0)),
        };
        provider.Script = _ => answer;
        Console.WriteLine(provider.BaseUrl);
        await provider.WaitForShutdownAsync();
        return 0;
    }
}
