using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using BudgetProxy.Core.Metering;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Benchmarks.Metering;

/// <summary>
/// What metering costs on one core: streams of 50 events and whole answers, each beside a bare <see cref="Utf8JsonReader"/> pass over the same
/// JSON, so that the ratio travels between machines. Prints a Markdown table.
/// </summary>
internal static class MeteringBenchmark
{
    private const int Rounds = 8;
    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(150);
    private static readonly ArrayBufferWriter<byte> Output = new(1 << 20);
    private static long _sink;

    public static int Run()
    {
        var openAi = SampleAnswers.OpenAiStream(events: 50, usage: true);
        var noUsage = SampleAnswers.OpenAiStream(events: 50, usage: false);
        var anthropic = SampleAnswers.AnthropicStream(events: 50);
        MeteringCase[] cases =
        [
            new("OpenAI stream, one event a chunk", openAi, stream => Meter(stream, NewOpenAi(hide: false))),
            new("… usage chunk hidden", openAi, stream => Meter(stream, NewOpenAi(hide: true))),
            new("… usage chunk hidden, chunks of 1,000 bytes", InChunks(openAi, 1000), stream => Meter(stream, NewOpenAi(hide: true))),
            new("… no usage, so counted", noUsage, stream => Meter(stream, NewOpenAi(hide: true))),
            new("… only `Utf8JsonReader` over each event", openAi, ReadEvents),
            new("Anthropic stream, one event a chunk", anthropic, stream => Meter(stream, NewAnthropic())),
            new("… only `Utf8JsonReader` over each event", anthropic, ReadEvents),
            .. WholeAnswer("chat completion", ProviderApi.OpenAiChat, SampleAnswers.OpenAiAnswer()),
            .. WholeAnswer("message", ProviderApi.AnthropicMessages, SampleAnswers.AnthropicAnswer()),
            .. WholeAnswer("64 embeddings of 1,536", ProviderApi.OpenAiEmbeddings, SampleAnswers.Embeddings()),
        ];
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var measured in cases) Measure(measured, isWarmUp: round == 0);
        }

        Console.WriteLine("| what | bytes | MB/s | µs each | bytes allocated each |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var measured in cases) Console.WriteLine(measured.Row());
        return 0;
    }

    /// <summary>Keeps the best of several rounds, taken in turn: the machine's other work only ever makes a round slower.</summary>
    private static void Measure(MeteringCase measured, bool isWarmUp)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        var calls = 0L;
        for (; watch.Elapsed < RoundTime; calls++) _sink += measured.Work(measured.Pieces);
        var each = watch.Elapsed.TotalMicroseconds / calls;
        if (!isWarmUp) measured.BestMicroseconds = Math.Min(measured.BestMicroseconds, each);
        measured.Allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / calls;
    }

    private static MeteringCase[] WholeAnswer(string name, ProviderApi api, byte[] body) =>
    [
        new($"Whole answer: {name}", [body], answer => AnswerMeter.Read(api, answer[0], CacheWrite.None).Usage!.Value.Total),
        new("… only `Utf8JsonReader`", [body], answer => ReadJson(answer[0])),
    ];

    private static byte[][] InChunks(byte[][] events, int size) => events.SelectMany(piece => piece).Chunk(size).ToArray();

    private static OpenAiChatMeter NewOpenAi(bool hide) => new(TokenCounter.For(TokenEncoding.O200kBase), hide, CacheWrite.None);

    private static AnthropicMessagesMeter NewAnthropic() => new(TokenCounter.For(TokenEncoding.O200kBase), CacheWrite.None);

    private static long Meter(byte[][] events, StreamMeter meter)
    {
        Output.ResetWrittenCount();
        foreach (var piece in events) meter.Pass(piece, Output);
        meter.Complete(Output);
        var reading = meter.Reading;
        return reading.Usage?.Output ?? reading.CountedOutput;
    }

    private static long ReadEvents(byte[][] events)
    {
        var tokens = 0L;
        foreach (var piece in events)
        {
            var start = piece.AsSpan().IndexOf((byte)'{');
            if (start >= 0) tokens += ReadJson(piece.AsSpan(start).TrimEnd((byte)'\n'));
        }

        return tokens;
    }

    private static long ReadJson(ReadOnlySpan<byte> json)
    {
        var tokens = 0L;
        var reader = new Utf8JsonReader(json);
        while (reader.Read()) tokens++;
        return tokens;
    }
}
