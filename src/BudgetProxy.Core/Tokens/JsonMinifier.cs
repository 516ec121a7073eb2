namespace BudgetProxy.Core.Tokens;

/// <summary>Takes the white space between tokens out of valid JSON, as providers do before they render it.</summary>
internal static class JsonMinifier
{
    /// <summary>Writes the minified JSON to <paramref name="into"/>, which is at least as long; answers its length.</summary>
    public static int Minify(ReadOnlySpan<byte> json, Span<byte> into)
    {
        var length = 0;
        var inString = false;
        for (var i = 0; i < json.Length; i++)
        {
            var c = json[i];
            if (inString && c == '\\' && i + 1 < json.Length)
            {
                into[length++] = c;
                c = json[++i];
            }
            else if (c == '"')
            {
                inString = !inString;
            }
            else if (!inString && c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                continue;
            }

            into[length++] = c;
        }

        return length;
    }
}
