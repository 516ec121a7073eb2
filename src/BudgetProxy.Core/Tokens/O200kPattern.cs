namespace BudgetProxy.Core.Tokens;

/// <summary>
/// The pattern of o200k_base (tiktoken, tiktoken_ext/openai_public.py):
/// <code>
/// [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?
/// [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?
/// \p{N}{1,3}
///  ?[^\s\p{L}\p{N}]+[\r\n/]*
/// \s*[\r\n]+
/// \s+(?!\S)
/// \s+
/// </code>
/// </summary>
internal readonly struct O200kPattern : ISplitPattern
{
    public static int PieceEnd(ReadOnlySpan<byte> text, int start)
    {
        var first = TextClasses.At(text, start, out var second);
        if (first == TextClass.Number) return SplitRules.NumberEnd(text, start);
        if (first != TextClass.Newline)
        {
            var common = AsciiWord.CasedLength(text, start, (first & TextClass.WordLead) != TextClass.None ? 1 : 0);
            if (common > 0 && text[start] < 0x80) return start + common;
            var word = WordEnd(text, start, first, second);
            if (word > start) return SplitRules.ContractionEnd(text, word);
            var body = text[start] == ' ' ? second : start;
            var end = TextClasses.RunEnd(text, body, TextClass.Punctuation);
            if (end > body) return TrailEnd(text, end);
        }

        return SplitRules.WhiteEnd(text, start);
    }

    /// <summary>The first two alternatives without the contraction; <paramref name="start"/> when neither matches.</summary>
    private static int WordEnd(ReadOnlySpan<byte> text, int start, TextClass first, int second)
    {
        var body = (first & TextClass.WordLead) != TextClass.None ? second : start;
        int at = body, caselessEnd = -1;
        TextClass kind;
        int next;
        while (((kind = TextClasses.At(text, at, out next)) & TextClass.UpperRun) != TextClass.None)
        {
            if (kind != TextClass.Upper) caselessEnd = next;
            at = next;
        }

        if (kind == TextClass.Lower) return TextClasses.RunEnd(text, next, TextClass.LowerRun);
        // With no lower-case letter behind it the run must give one back: its last caseless character ends the word.
        if (caselessEnd >= 0) return caselessEnd;
        // A mark may lead a word or be one: as a lead it led nowhere here, so the first alternative takes it alone.
        if (first == TextClass.Mark) return second;
        return at > body ? at : start;
    }

    /// <summary><c>[\r\n/]*</c>.</summary>
    private static int TrailEnd(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && text[at] is (byte)'\r' or (byte)'\n' or (byte)'/') at++;
        return at;
    }
}
