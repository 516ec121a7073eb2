using System.Globalization;
using System.Text;

namespace BudgetProxy.Benchmarks.Metering;

/// <summary>Answers with the shape and the sizes of real ones.</summary>
internal static class SampleAnswers
{
    private static readonly string[] Words = ["The", " quick", " brown", " fox", " jumps", " over", " the", " lazy", " dog", ".\\n"];

    /// <summary>Chunks of one token each, as OpenAI sends them, one array an event.</summary>
    public static byte[][] OpenAiStream(int events, bool usage)
    {
        var pieces = Enumerable.Range(0, events).Select(i => Chunk(
            $$"""[{"index":0,"delta":{"content":"{{Words[i % Words.Length]}}"},"logprobs":null,"finish_reason":null}]""", "null")).ToList();
        pieces.Add(Chunk("""[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]""", "null"));
        if (usage)
        {
            pieces.Add(Chunk("[]", """{"prompt_tokens":1290,"completion_tokens":50,"total_tokens":1340,"prompt_tokens_details":{"cached_tokens":1152,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}"""));
        }

        pieces.Add("data: [DONE]\n\n");
        return pieces.Select(Encoding.UTF8.GetBytes).ToArray();
    }

    public static byte[][] AnthropicStream(int events)
    {
        var pieces = new List<string>
        {
            Event("message_start", """ ,"message":{"model":"claude-sonnet-4-5-20250929","id":"msg_01XFDUDYJgAACzvnptvVoYEL","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":25,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":1,"service_tier":"standard"}}"""),
            Event("content_block_start", """ ,"index":0,"content_block":{"type":"text","text":""}"""),
        };
        pieces.AddRange(Enumerable.Range(0, events).Select(i => Event(
            "content_block_delta", $$""" ,"index":0,"delta":{"type":"text_delta","text":"{{Words[i % Words.Length]}}{{Words[(i + 1) % Words.Length]}}"}""")));
        pieces.Add(Event("content_block_stop", ",\"index\":0"));
        pieces.Add(Event("message_delta", """ ,"delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":101}"""));
        pieces.Add(Event("message_stop", ""));
        return pieces.Select(Encoding.UTF8.GetBytes).ToArray();
    }

    public static byte[] OpenAiAnswer() => Encoding.UTF8.GetBytes(
        """{"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT","object":"chat.completion","created":1741569952,"model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"message":{"role":"assistant","content":" """
        + Text() + """ ","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":19,"completion_tokens":400,"total_tokens":419,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},"service_tier":"default","system_fingerprint":"fp_560af6e559"}""");

    public static byte[] AnthropicAnswer() => Encoding.UTF8.GetBytes(
        """{"model":"claude-sonnet-4-5-20250929","id":"msg_013Zva2CMHLNnjNjJJKqJ2EF","type":"message","role":"assistant","content":[{"type":"text","text":" """
        + Text() + """ "}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":2095,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_creation":null,"output_tokens":503,"service_tier":"standard"}}""");

    public static byte[] Embeddings()
    {
        var random = new Random(1);
        var vectors = Enumerable.Range(0, 64).Select(i => string.Create(CultureInfo.InvariantCulture, $$"""{"object":"embedding","index":{{i}},"embedding":[""")
            + string.Join(',', Enumerable.Range(0, 1536).Select(_ => ((random.NextDouble() - 0.5) / 10).ToString("0.00000000", CultureInfo.InvariantCulture))) + "]}");
        return Encoding.UTF8.GetBytes(
            """{"object":"list","data":[""" + string.Join(',', vectors) + """],"model":"text-embedding-3-small","usage":{"prompt_tokens":800,"total_tokens":800}}""");
    }

    private static string Text() => string.Concat(Enumerable.Repeat(string.Concat(Words), 40));

    private static string Chunk(string choices, string usage) =>
        $$"""data: {"id":"chatcmpl-CeA1b2C3d4E5f6G7h8","object":"chat.completion.chunk","created":1763719013,"model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_560af6e559","choices":{{choices}},"usage":{{usage}},"obfuscation":"aB3kLm9xQ"}""" + "\n\n";

    private static string Event(string type, string members) =>
        $$"""event: {{type}}""" + "\n" + $$"""data: {"type":"{{type}}"{{members}}}""" + "\n\n";
}
