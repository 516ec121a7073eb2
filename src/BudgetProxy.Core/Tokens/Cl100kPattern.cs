namespace BudgetProxy.Core.Tokens;

/// <summary>
/// The pattern of cl100k_base (tiktoken, tiktoken_ext/openai_public.py; its possessive marks change no match):
/// <code>
/// (?i:'s|'t|'re|'ve|'m|'ll|'d)
/// [^\r\n\p{L}\p{N}]?\p{L}+
/// \p{N}{1,3}
///  ?[^\s\p{L}\p{N}]+[\r\n]*
/// \s*[\r\n]+
/// \s+(?!\S)
/// \s+
/// </code>
/// </summary>
internal readonly struct Cl100kPattern : ISplitPattern
{
    public static int PieceEnd(ReadOnlySpan<byte> text, int start)
    {
        var first = TextClasses.At(text, start, out var second);
        if (text[start] is < 0x80 and not (byte)'\'' && (first & (TextClass.Letter | TextClass.WordLead)) != TextClass.None)
        {
            var common = AsciiWord.Length(text, start, (first & TextClass.WordLead) != TextClass.None ? 1 : 0);
            if (common > 0) return start + common;
        }

        if ((first & TextClass.Letter) != TextClass.None) return TextClasses.RunEnd(text, second, TextClass.Letter);
        if (first == TextClass.Number) return SplitRules.NumberEnd(text, start);
        if (first != TextClass.Newline)
        {
            var contraction = SplitRules.ContractionEnd(text, start);
            if (contraction > start) return contraction;
            var word = TextClasses.RunEnd(text, second, TextClass.Letter);
            if (word > second) return word;
            var body = text[start] == ' ' ? second : start;
            var end = TextClasses.RunEnd(text, body, TextClass.Punctuation);
            if (end > body) return TrailEnd(text, end);
        }

        return SplitRules.WhiteEnd(text, start);
    }

    /// <summary><c>[\r\n]*</c>.</summary>
    private static int TrailEnd(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && text[at] is (byte)'\r' or (byte)'\n') at++;
        return at;
    }
}
