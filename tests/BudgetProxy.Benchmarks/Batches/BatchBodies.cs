using System.Text;
using System.Text.Json;
using BudgetProxy.Benchmarks.Counting;

namespace BudgetProxy.Benchmarks.Batches;

/// <summary>Batches of made-up prose, each line of its own text.</summary>
internal static class BatchBodies
{
    public const string FileType = "multipart/form-data; boundary=benchmark";

    /// <summary>The form of a file upload.</summary>
    public static byte[] File(int lines, int bytes)
    {
        using var body = new MemoryStream();
        Write(body, "--benchmark\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
            + "--benchmark\r\nContent-Disposition: form-data; name=\"file\"; filename=\"batch.jsonl\"\r\nContent-Type: application/jsonl\r\n\r\n");
        var texts = new Texts(bytes);
        for (var i = 0; i < lines; i++)
        {
            Write(body, $"{{\"custom_id\":\"line-{i}\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{{\"model\":\"gpt-4o-mini\",\"max_tokens\":200,\"messages\":[{{\"role\":\"user\",\"content\":");
            Write(body, texts.Next());
            Write(body, "}]}}\n");
        }

        Write(body, "\r\n--benchmark--\r\n");
        return body.ToArray();
    }

    /// <summary>The body of a message batch.</summary>
    public static byte[] Messages(int lines, int bytes)
    {
        using var body = new MemoryStream();
        Write(body, "{\"requests\":[");
        var texts = new Texts(bytes);
        for (var i = 0; i < lines; i++)
        {
            Write(body, $"{(i == 0 ? "" : ",")}{{\"custom_id\":\"line-{i}\",\"params\":{{\"model\":\"claude-haiku-4-5-20251001\",\"max_tokens\":200,\"messages\":[{{\"role\":\"user\",\"content\":");
            Write(body, texts.Next());
            Write(body, "}]}}");
        }

        Write(body, "]}");
        return body.ToArray();
    }

    private static void Write(MemoryStream body, string text) => body.Write(Encoding.UTF8.GetBytes(text));

    /// <summary>Pieces of one long prose, each from another place.</summary>
    private sealed class Texts
    {
        private readonly string _prose;
        private readonly int _bytes;
        private int _at;

        public Texts(int bytes)
        {
            _bytes = bytes;
            _prose = Encoding.UTF8.GetString(new SampleTexts(TokenList.Load()).Prose(8_000_000));
        }

        /// <summary>As a JSON string.</summary>
        public string Next()
        {
            if (_at + _bytes > _prose.Length)
                _at = _at % 997;
            var text = _prose.Substring(_at, _bytes);
            _at += _bytes;
            return JsonSerializer.Serialize(text);
        }
    }
}
