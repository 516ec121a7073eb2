using System.Diagnostics;
using System.Net.Http.Headers;
using BudgetProxy.Benchmarks.Proxy;

namespace BudgetProxy.Benchmarks.Batches;

/// <summary>
/// A batch of 50,000 lines and some 100 MB on its way to a provider that only reads it: straight, and through the proxy, which reads, counts and keeps each line;
/// then the creation of a batch from the lines kept, and a message batch of the same size, which is priced and reserved on the way.
/// </summary>
internal static class BatchBenchmark
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var lines = arguments.Number("lines", 50_000);
        var rounds = arguments.Number("rounds", 3);
        var file = BatchBodies.File(lines, arguments.Number("body", 2_000));
        var messages = BatchBodies.Messages(lines, arguments.Number("body", 2_000));
        await using var targets = await BenchmarkTargets.StartAsync(["direct", "proxy"], TargetOptions.Of(arguments));
        var (direct, proxy) = (targets.All[0], targets.All[1]);
        using var small = new HttpClient();
        await SendAsync(proxy, "/openai/v1/files", BatchBodies.File(2_000, 2_000), BatchBodies.FileType);
        var before = PeakOf(proxy);
        Console.WriteLine($"{lines:N0} lines, {file.Length / 1e6:0.0} MB as a file, {messages.Length / 1e6:0.0} MB as a message batch; {rounds} rounds, medians; the proxy's peak before: {before} MiB");
        Console.WriteLine("| what | s | MB/s | ÷ straight | CPU s of the proxy | peak MiB |");
        Console.WriteLine("|---|---|---|---|---|---|");

        var straight = await MeasureAsync(direct, "/v1/files", file, BatchBodies.FileType, rounds);
        Show("file, straight to the provider", file.Length, straight, straight, direct);
        Show("file, through the proxy", file.Length, await MeasureAsync(proxy, "/openai/v1/files", file, BatchBodies.FileType, rounds), straight, proxy);
        // The provider names each file alike, so the lines kept first are those that are priced.
        var order = System.Text.Encoding.UTF8.GetBytes($$"""{"input_file_id":"{{await FileIdAsync(proxy)}}","endpoint":"/v1/chat/completions","completion_window":"24h"}""");
        Show("batch created from it", order.Length, await MeasureAsync(proxy, "/openai/v1/batches", order, "application/json", 1), null, proxy);
        var straightToo = await MeasureAsync(direct, "/v1/messages/batches", messages, "application/json", rounds);
        Show("message batch, straight", messages.Length, straightToo, straightToo, direct);
        Show("message batch, through the proxy", messages.Length, await MeasureAsync(proxy, "/anthropic/v1/messages/batches", messages, "application/json", 1), straightToo, proxy);
        return 0;
    }

    private static void Show(string what, long bytes, (double Seconds, double Cpu) measured, (double Seconds, double Cpu)? straight, BenchmarkTarget target)
    {
        var ratio = straight is { } one ? $"{measured.Seconds / one.Seconds:0.00}" : "";
        var speed = bytes > 1_000_000 ? $"{bytes / 1e6 / measured.Seconds:0.0}" : "";
        Console.WriteLine($"| {what} | {measured.Seconds:0.00} | {speed} | {ratio} | {measured.Cpu:0.00} | {PeakOf(target)} |");
    }

    private static async Task<(double Seconds, double Cpu)> MeasureAsync(BenchmarkTarget target, string path, byte[] body, string type, int rounds)
    {
        var measured = new List<(double Seconds, double Cpu)>();
        for (var round = 0; round < rounds; round++)
        {
            var cpu = target.Processes[0].Cpu;
            var begun = Stopwatch.GetTimestamp();
            await SendAsync(target, path, body, type);
            measured.Add((Stopwatch.GetElapsedTime(begun).TotalSeconds, (target.Processes[0].Cpu - cpu).TotalSeconds));
        }

        return measured.OrderBy(one => one.Seconds).ElementAt(measured.Count / 2);
    }

    private static async Task SendAsync(BenchmarkTarget target, string path, byte[] body, string type)
    {
        using var client = ClientOf(target);
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var answer = await client.PostAsync(path, content);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    private static async Task<string> FileIdAsync(BenchmarkTarget proxy)
    {
        using var client = ClientOf(proxy);
        using var list = System.Text.Json.JsonDocument.Parse(await client.GetStringAsync("/openai/v1/files"));
        return list.RootElement.GetProperty("data")[0].GetProperty("id").GetString()!;
    }

    private static HttpClient ClientOf(BenchmarkTarget target)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{target.Ports[0]}"), Timeout = TimeSpan.FromMinutes(10) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", target.Key);
        client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        return client;
    }

    /// <summary>Most resident memory that the process ever had, in MiB.</summary>
    private static long PeakOf(BenchmarkTarget target) => long.Parse(
        File.ReadLines($"/proc/{target.Processes[0].Id}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]) / 1024;
}
