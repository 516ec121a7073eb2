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
                ReadInput(ref cursor, request);
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

    private static void ReadInput(ref BodyCursor cursor, ProviderRequest request)
    {
        if (cursor.IsString)
        {
            AddText(ref cursor, request);
            return;
        }

        if (!cursor.ExpectArray())
            return;
        var numbers = 0L;
        while (cursor.NextElement())
        {
            if (cursor.IsNumber)
                numbers += CountToken(ref cursor);
            else if (cursor.IsString)
                AddText(ref cursor, request);
            else if (cursor.IsArray)
                ReadTokens(ref cursor, request);
            else
                cursor.Fail("Must be a string, a token number or an array of token numbers.");
        }

        if (numbers > 0 && request.Inputs > 0)
            cursor.Fail("Token numbers and other inputs can't be mixed.");
        request.TokenInputs += numbers;
        request.Inputs += numbers > 0 ? 1 : 0;
    }

    private static void AddText(ref BodyCursor cursor, ProviderRequest request)
    {
        request.Inputs++;
        CommonFields.CountString(ref cursor, request, ContentKind.Text);
    }

    private static void ReadTokens(ref BodyCursor cursor, ProviderRequest request)
    {
        request.Inputs++;
        while (cursor.NextElement())
            request.TokenInputs += CountToken(ref cursor);
    }

    private static int CountToken(ref BodyCursor cursor)
    {
        if (cursor.IsNull)
            cursor.Fail("Must be a token number.");
        return cursor.WholeNumber(0) is null ? 0 : 1;
    }
}
