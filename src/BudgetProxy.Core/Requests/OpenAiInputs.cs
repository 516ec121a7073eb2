namespace BudgetProxy.Core.Requests;

/// <summary>Reads what embeddings and legacy completions take: a text, texts, tokens, or arrays of tokens.</summary>
internal static class OpenAiInputs
{
    public static void Read(ref BodyCursor cursor, ProviderRequest request)
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
