using System.Text;

namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>The fast upstream's two answers as bytes: a chat completion of about 600, and a stream of about 50 events with usage.</summary>
internal static class FastAnswers
{
    /// <summary>Events that are flushed together, as several tokens reach a socket together under load.</summary>
    private const int EventsPerFlush = 10;

    public static readonly byte[] Whole = Encoding.UTF8.GetBytes(
        """{"id":"chatcmpl-benchmark0001","object":"chat.completion","created":1760000000,"model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"""
        + """ "message":{"role":"assistant","content":"The cost of this call was known before it left and the rest is paid in full."},"""
        + """ "logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":150,"completion_tokens":18,"total_tokens":168,"""
        + """ "prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}},"""
        + """ "system_fingerprint":"fp_benchmark"}""");

    public static readonly byte[][] Stream = MakeStream();

    private static byte[][] MakeStream()
    {
        var events = new List<string> { Chunk("""{"role":"assistant","content":""}""", "null") };
        events.AddRange(Enumerable.Range(0, 46).Select(index => Chunk($$"""{"content":" word{{index}}"}""", "null")));
        events.Add(Chunk("{}", "\"stop\""));
        events.Add(Event("", """{"prompt_tokens":150,"completion_tokens":46,"total_tokens":196,"prompt_tokens_details":{"cached_tokens":0}}"""));
        events.Add("data: [DONE]\n\n");
        return events.Chunk(EventsPerFlush).Select(part => Encoding.UTF8.GetBytes(string.Concat(part))).ToArray();
    }

    private static string Chunk(string delta, string finish) =>
        Event($$"""{"index":0,"delta":{{delta}},"logprobs":null,"finish_reason":{{finish}}}""", "null");

    private static string Event(string choice, string usage) =>
        """data: {"id":"chatcmpl-benchmark0001","object":"chat.completion.chunk","created":1760000000,"model":"gpt-4o-mini-2024-07-18","""
        + $$""" "system_fingerprint":"fp_benchmark","choices":[{{choice}}],"usage":{{usage}}}""" + "\n\n";
}
