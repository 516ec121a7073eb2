using System.Buffers;
using System.Text;
using BudgetProxy.Core.Metering;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Metering;

/// <summary>The recorded-like streams under Fixtures/streams, and what a meter makes of them.</summary>
internal static class StreamFixture
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Fixtures", "streams");

    public static IReadOnlyList<string> Names { get; } =
        Directory.GetFiles(Folder, "*.sse").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal).ToArray();

    public static byte[] Load(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".sse"));

    public static bool IsAnthropic(string name) => name.StartsWith("anthropic", StringComparison.Ordinal);

    public static bool IsResponses(string name) => name.StartsWith("openai-responses", StringComparison.Ordinal);

    /// <summary>Whether the meter may take a usage chunk out.</summary>
    public static bool CanHide(string name) => !IsAnthropic(name) && !IsResponses(name);

    public static StreamMeter NewMeter(string name, bool hide = false, CacheWrite longestTtl = CacheWrite.None) => IsAnthropic(name)
        ? new AnthropicMessagesMeter(TokenCounter.For(TokenEncoding.Cl100kBase), longestTtl)
        : IsResponses(name) ? new OpenAiResponsesMeter(TokenCounter.For(TokenEncoding.O200kBase), longestTtl)
        : new OpenAiChatMeter(TokenCounter.For(TokenEncoding.O200kBase), hide, longestTtl);

    /// <summary>Both ways to meter an OpenAI chat stream; no other hides anything.</summary>
    public static bool[] HideFlags(string name) => CanHide(name) ? [false, true] : [false];

    public static MeterReading Read(string name, bool hide = false, CacheWrite longestTtl = CacheWrite.None) =>
        Replay(NewMeter(name, hide, longestTtl), Load(name)).Reading;

    public static (MeterReading Reading, byte[] Output) Replay(StreamMeter meter, byte[] stream, params int[] cuts)
    {
        var output = new ArrayBufferWriter<byte>();
        var from = 0;
        foreach (var cut in cuts.Append(stream.Length))
        {
            meter.Pass(stream.AsSpan(from, cut - from), output);
            from = cut;
        }

        meter.Complete(output);
        return (meter.Reading, output.WrittenSpan.ToArray());
    }

    /// <summary>The stream without the event whose bytes hold <paramref name="needle"/>, by the plainest means: split at blank lines.</summary>
    public static byte[] Without(byte[] stream, string needle)
    {
        var text = Encoding.Latin1.GetString(stream);
        var blank = BlankLine(text);
        var at = text.IndexOf(needle, StringComparison.Ordinal);
        if (at < 0) return stream;
        var start = text.LastIndexOf(blank, at, StringComparison.Ordinal) + blank.Length;
        var end = text.IndexOf(blank, at, StringComparison.Ordinal) + blank.Length;
        return Encoding.Latin1.GetBytes(text.Remove(start, end - start));
    }

    /// <summary>The stream without the incomplete event at its end.</summary>
    public static byte[] CompleteEvents(byte[] stream)
    {
        var text = Encoding.Latin1.GetString(stream);
        var blank = BlankLine(text);
        var last = text.LastIndexOf(blank, StringComparison.Ordinal);
        return last < 0 ? [] : stream[..(last + blank.Length)];
    }

    private static string BlankLine(string text) =>
        text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n\r\n" : text.Contains('\r', StringComparison.Ordinal) ? "\r\r" : "\n\n";
}
