using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace BudgetProxy.Core.Requests;

/// <summary>Reads a body of any metered wire format in one pass, without a DOM. A body that can't be read with certainty is refused, not guessed.</summary>
public static class RequestReader
{
    /// <summary>Fills <paramref name="request"/> (reset first) from <paramref name="body"/>; false = the body is to be refused with 400.</summary>
    public static bool TryRead(
        ProviderApi api, ReadOnlySpan<byte> body, ProviderRequest request, [NotNullWhen(false)] out RequestError? error) => api switch
        {
            ProviderApi.OpenAiChat => OpenAiChatReader.TryRead(body, request, out error),
            ProviderApi.OpenAiEmbeddings => OpenAiEmbeddingsReader.TryRead(body, request, out error),
            ProviderApi.OpenAiResponses => OpenAiResponsesReader.TryRead(body, request, out error),
            ProviderApi.OpenAiCompletions => OpenAiCompletionsReader.TryRead(body, request, out error),
            ProviderApi.AnthropicMessages => AnthropicMessagesReader.TryRead(body, request, out error),
            _ => throw new ArgumentOutOfRangeException(nameof(api), api, "Not a metered API."),
        };

    internal static bool TryRead(ReadOnlySpan<byte> body, ProviderRequest request, BodyReading read, [NotNullWhen(false)] out RequestError? error)
    {
        request.Reset();
        error = Utf8.IsValid(body) ? null : new RequestError("The body is not valid UTF-8.", null);
        if (error is not null)
            return false;

        var cursor = new BodyCursor(body, stackalloc PathStep[BodyCursor.MaxDepth + 2]);
        try
        {
            if (cursor.Begin())
                read(ref cursor, request);
            cursor.Finish();
            error = cursor.Error;
        }
        catch (JsonException exception)
        {
            // The BCL's message can quote the body, so only the place is told.
            error = new RequestError(
                $"The body is not valid JSON, or nested deeper than {BodyCursor.MaxDepth} (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}).", null);
        }
        catch (InvalidOperationException)
        {
            // The reader meets half a surrogate pair written as an escape only when the string is read.
            error = new RequestError("A key or a value holds half a surrogate pair, which is not text.", null);
        }
        finally
        {
            cursor.Dispose();
        }

        return error is null;
    }
}
