using System.Diagnostics.CodeAnalysis;

namespace BudgetProxy.Core.Requests;

/// <summary>Reads <c>POST /v1/embeddings</c>: a text, texts, tokens, or arrays of tokens.</summary>
public static class OpenAiEmbeddingsReader
{
    /// <summary>Fills <paramref name="request"/> from <paramref name="body"/>; false = the body is to be refused with 400.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, ProviderRequest request, [NotNullWhen(false)] out RequestError? error) =>
        RequestReader.TryRead(body, request, Read, out error);

    private static void Read(ref BodyCursor cursor, ProviderRequest request)
    {
        request.HasOutput = false;
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("model"u8))
                CommonFields.ReadModel(ref cursor, request);
            else if (cursor.KeyIs("input"u8))
                OpenAiInputs.Read(ref cursor, request);
            else if (cursor.KeyIs("user"u8))
                request.User = cursor.Text(CommonFields.MaxUserBytes);
            else if (cursor.KeyIs("dimensions"u8) || cursor.KeyIs("encoding_format"u8))
                CommonFields.ReadNeutral(ref cursor, request);
            else
                CommonFields.ReadUnknown(ref cursor, request);
        }

        CommonFields.RequireModel(ref cursor, request);
        if (request.Inputs == 0)
            cursor.FailAt("input", "An input is required: a string, an array of strings, or arrays of token numbers.");
    }
}
