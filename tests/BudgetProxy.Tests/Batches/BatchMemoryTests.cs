using System.Globalization;
using System.Net;
using System.Text;
using BudgetProxy.Demo;
using static BudgetProxy.Tests.Batches.BatchScene;

namespace BudgetProxy.Tests.Batches;

/// <summary>The proxy's memory does not grow with a batch: its peak, as the kernel has it, stays below the batch itself.</summary>
public sealed class BatchMemoryTests
{
    private const int LineBytes = 2_000;

    /// <summary>What may be added to the peak before: measured 30 to 39 MB, of 100 that are sent and more.</summary>
    private const long MostBytes = 64L * 1024 * 1024;

    [Theory(Timeout = 300_000)]
    [InlineData(false, 50_000)]
    [InlineData(true, 50_000)]
    public async Task A_hundred_megabytes_pass_in_a_part_of_their_size(bool anthropic, int lines)
    {
        await using var scene = await BatchProcess.StartAsync();
        scene.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = int.MaxValue };
        using var client = scene.Client();
        // Warm: vocabularies, code, pools.
        using (var warm = new LongContent(anthropic, 2_000))
        using (var answer = await client.PostAsync(Path(anthropic), warm))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var before = PeakOf(scene.Proxy.Pid);
        using var content = new LongContent(anthropic, lines);
        using var response = await client.PostAsync(Path(anthropic), content);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        Assert.True(content.Sent > 100_000_000);
        Assert.InRange(PeakOf(scene.Proxy.Pid) - before, 0, MostBytes);
    }

    private static string Path(bool anthropic) => anthropic ? "/anthropic/v1/messages/batches" : "/openai/v1/files";

    private static long PeakOf(int pid) => File.ReadLines($"/proc/{pid}/status")
        .Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024).Single();

    /// <summary>A batch that is made as it is sent.</summary>
    private sealed class LongContent : HttpContent
    {
        private readonly bool _anthropic;
        private readonly int _lines;
        private readonly string _filling = string.Concat(Enumerable.Repeat("Some words of a prompt. ", LineBytes / 24));

        public LongContent(bool anthropic, int lines)
        {
            (_anthropic, _lines) = (anthropic, lines);
            Headers.TryAddWithoutValidation("Content-Type", anthropic ? "application/json" : "multipart/form-data; boundary=b");
        }

        public long Sent { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await SendAsync(stream, _anthropic
                ? "{\"requests\":["
                : "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n");
            for (var i = 0; i < _lines; i++)
            {
                var extra = $",\"stop\":[\"{i}\"]";
                var line = _anthropic ? MessageRequest($"line-{i}") : ChatLine($"line-{i}", extra: extra);
                line = line.Replace("Say hello", _filling, StringComparison.Ordinal);
                await SendAsync(stream, line + (!_anthropic ? "\n" : i < _lines - 1 ? "," : ""));
            }

            await SendAsync(stream, _anthropic ? "]}" : "\r\n--b--\r\n");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        private async Task SendAsync(Stream stream, string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            Sent += bytes.Length;
            await stream.WriteAsync(bytes);
        }
    }
}
