namespace BudgetProxy.Core.Tokens;

/// <summary>The alternatives that both patterns share, each named by its regular expression.</summary>
internal static class SplitRules
{
    /// <summary><c>(?i:'s|'t|'re|'ve|'m|'ll|'d)?</c>: the end of the contraction at <paramref name="at"/>, or <paramref name="at"/> when there is none.</summary>
    public static int ContractionEnd(ReadOnlySpan<byte> text, int at)
    {
        if (at + 1 >= text.Length || text[at] != '\'') return at;
        switch (text[at + 1] | 0x20)
        {
            case 's' or 't' or 'm' or 'd':
                return at + 2;
            case 'r' or 'v' when at + 2 < text.Length && (text[at + 2] | 0x20) == 'e':
            case 'l' when at + 2 < text.Length && (text[at + 2] | 0x20) == 'l':
                return at + 3;
        }

        // U+017F, the long s, is an s when case is ignored.
        return at + 2 < text.Length && text[at + 1] == 0xC5 && text[at + 2] == 0xBF ? at + 3 : at;
    }

    /// <summary><c>\p{N}{1,3}</c>, given that the first character is a number.</summary>
    public static int NumberEnd(ReadOnlySpan<byte> text, int start)
    {
        var end = start;
        for (var digits = 0; digits < 3 && TextClasses.At(text, end, out var next) == TextClass.Number; digits++) end = next;
        return end;
    }

    /// <summary><c>\s*[\r\n]+|\s+(?!\S)|\s+</c>, given that the first character is white.</summary>
    public static int WhiteEnd(ReadOnlySpan<byte> text, int start)
    {
        int at = start, lastStart = start, newlineEnd = -1;
        while (true)
        {
            var kind = TextClasses.At(text, at, out var next);
            if ((kind & TextClass.White) == TextClass.None) break;
            if (kind == TextClass.Newline) newlineEnd = next;
            lastStart = at;
            at = next;
        }

        if (newlineEnd >= 0) return newlineEnd;
        // The last white character is left to the word after it, unless it is the only one or the text ends here.
        return at < text.Length && lastStart > start ? lastStart : at;
    }
}
