using System.Text.Json;

namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>The load generator in its own process: its settings and CPU are not those of what it measures. Prints its result as JSON.</summary>
internal static class LoadCommand
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var load = new LoadCase(arguments.Number("body", 1024), arguments.Has("stream"), arguments.Number("callers", 1))
        {
            IsDocument = arguments.Has("document"),
            IsFresh = arguments.Has("fresh"),
        };
        var path = arguments.Text("path", "/v1/chat/completions");
        var generator = new LoadGenerator(arguments.Numbers("port"), path, arguments.Text("key", "none"), load);
        var result = arguments.Has("calls")
            ? await generator.RunAsync(arguments.Number("calls", 0))
            : await generator.RunAsync(Milliseconds("warm-ms", 1000), Milliseconds("ms", 4000));
        Console.WriteLine(JsonSerializer.Serialize(result));
        return result.Error is null ? 0 : 1;

        TimeSpan Milliseconds(string name, int fallback) => TimeSpan.FromMilliseconds(arguments.Number(name, fallback));
    }
}
