using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace BudgetProxy.Core.Requests;

/// <summary>
/// Reads one request <c>{custom_id, params}</c> of <c>POST /v1/messages/batches</c> (source: Anthropic API reference, create a message batch, 2026-08).
/// </summary>
public static class AnthropicBatchReader
{
    /// <summary>Requests of one batch at most, Anthropic's own limit.</summary>
    public const int MaxLines = 100_000;

    /// <summary>Bytes of one batch at most, Anthropic's own limit.</summary>
    public const long MaxBytes = 256L * 1024 * 1024;

    private const int MaxCustomIdBytes = 64;

    private static readonly SearchValues<char> IdChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    /// <summary>Reads what stands around the request's params; false = it is to be refused.</summary>
    /// <param name="scratch">Reset, and left without meaning.</param>
    public static bool TryRead(ReadOnlySpan<byte> line, BatchEnvelope envelope, ProviderRequest scratch, [NotNullWhen(false)] out RequestError? error)
    {
        envelope.Reset();
        envelope.Api = ProviderApi.AnthropicMessages;
        return RequestReader.TryRead(line, scratch, (ref BodyCursor cursor, ProviderRequest _) => Read(ref cursor, envelope), out error);
    }

    private static void Read(ref BodyCursor cursor, BatchEnvelope envelope)
    {
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("custom_id"u8))
                envelope.CustomId = cursor.Text(MaxCustomIdBytes) ?? "";
            else if (!cursor.KeyIs("params"u8))
                cursor.Fail("A request of a batch has custom_id and params, and no other field.");
            else if (cursor.ExpectObject())
            {
                var span = cursor.RawSpan(ContentKind.OpaqueJson);
                envelope.Body = span.Start..(span.Start + span.Length);
            }
        }

        if (envelope.CustomId.Length == 0 || envelope.CustomId.AsSpan().ContainsAnyExcept(IdChars))
            cursor.FailAt("custom_id", "custom_id is required: 1 to 64 ASCII letters, digits, '-' and '_', another one for each request.");
        if (envelope.Body.Equals(default))
            cursor.FailAt("params", "params is required: an object, as POST /v1/messages takes it.");
    }
}
