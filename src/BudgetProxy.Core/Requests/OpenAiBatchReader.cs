using System.Diagnostics.CodeAnalysis;

namespace BudgetProxy.Core.Requests;

/// <summary>
/// Reads OpenAI's batches: a line <c>{custom_id, method, url, body}</c> of an input file, and the order for a batch itself (source: OpenAI API reference,
/// batch, 2026-08).
/// </summary>
public static class OpenAiBatchReader
{
    /// <summary>Lines of one file at most, OpenAI's own limit.</summary>
    public const int MaxLines = 50_000;

    /// <summary>Bytes of one file at most, OpenAI's own limit.</summary>
    public const long MaxFileBytes = 200L * 1024 * 1024;

    /// <summary>Bytes of a custom id at most. OpenAI names no limit.</summary>
    public const int MaxCustomIdBytes = 512;

    private const string Path = "/v1/";

    /// <summary>Reads what stands around a line's body; false = the line is to be refused.</summary>
    /// <param name="scratch">Reset, and left without meaning.</param>
    public static bool TryRead(ReadOnlySpan<byte> line, BatchEnvelope envelope, ProviderRequest scratch, [NotNullWhen(false)] out RequestError? error)
    {
        envelope.Reset();
        return RequestReader.TryRead(line, scratch, (ref BodyCursor cursor, ProviderRequest _) => ReadLine(ref cursor, envelope), out error);
    }

    /// <summary>Reads the body of <c>POST /v1/batches</c>; false = it is to be refused.</summary>
    public static bool TryReadOrder(ReadOnlySpan<byte> body, ProviderRequest scratch, out OpenAiBatchOrder order, [NotNullWhen(false)] out RequestError? error)
    {
        var (file, endpoint) = ("", "");
        var read = RequestReader.TryRead(
            body, scratch,
            (ref BodyCursor cursor, ProviderRequest _) =>
            {
                while (cursor.NextProperty())
                {
                    if (cursor.KeyIs("input_file_id"u8))
                        file = cursor.Text(OpenAiBatchOrder.MaxIdBytes) ?? "";
                    else if (cursor.KeyIs("endpoint"u8))
                        endpoint = cursor.Text(OpenAiBatchOrder.MaxIdBytes) ?? "";
                    else
                        cursor.Skip();
                }

                if (file.Length == 0)
                    cursor.FailAt("input_file_id", "An input file is required: upload it through this proxy with purpose=batch, and name its id.");
                if (endpoint.Length == 0)
                    cursor.FailAt("endpoint", "The endpoint is required, such as /v1/chat/completions.");
            },
            out error);
        order = new OpenAiBatchOrder(file, endpoint);
        return read;
    }

    /// <summary>The path that a line names for a wire format.</summary>
    public static string UrlOf(ProviderApi api) => Path + api.Name();

    private static void ReadLine(ref BodyCursor cursor, BatchEnvelope envelope)
    {
        var (posts, routed) = (false, false);
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("custom_id"u8))
                envelope.CustomId = cursor.Text(MaxCustomIdBytes) ?? "";
            else if (cursor.KeyIs("method"u8))
                posts = cursor.ValueIs("POST"u8);
            else if (cursor.KeyIs("url"u8))
                routed = ReadUrl(ref cursor, envelope);
            else if (!cursor.KeyIs("body"u8))
                cursor.Fail("A line has custom_id, method, url and body, and no other field.");
            else if (cursor.ExpectObject())
                envelope.Body = RangeOf(cursor.RawSpan(ContentKind.OpaqueJson));
        }

        if (envelope.CustomId.Length == 0)
            cursor.FailAt("custom_id", "custom_id is required: a text that is not empty, another one on each line.");
        if (!posts)
            cursor.FailAt("method", "method must be POST.");
        if (!routed)
            cursor.FailAt("url", "url is required: /v1/chat/completions, /v1/responses, /v1/embeddings or /v1/completions.");
        if (envelope.Body.Equals(default))
            cursor.FailAt("body", "body is required: an object, as the url takes it.");
    }

    private static bool ReadUrl(ref BodyCursor cursor, BatchEnvelope envelope)
    {
        foreach (var api in (ReadOnlySpan<ProviderApi>)[ProviderApi.OpenAiChat, ProviderApi.OpenAiResponses, ProviderApi.OpenAiEmbeddings, ProviderApi.OpenAiCompletions])
        {
            if (cursor.Text(MaxCustomIdBytes) != UrlOf(api))
                continue;
            envelope.Api = api;
            return true;
        }

        cursor.Fail("This proxy can't meter this url: it takes /v1/chat/completions, /v1/responses, /v1/embeddings and /v1/completions.");
        return false;
    }

    private static Range RangeOf(ContentSpan span) => span.Start..(span.Start + span.Length);
}
