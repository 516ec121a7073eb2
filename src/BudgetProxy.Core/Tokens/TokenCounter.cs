using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// Counts tokens as ordinary text (text that looks like a special token is text) in time linear in the input, whatever the input.
/// Immutable and safe for any number of callers; a vocabulary is loaded once, by <see cref="LoadAll"/> or at first use.
/// </summary>
public sealed class TokenCounter
{
    private static readonly Lazy<TokenCounter> O200k = new(() => new TokenCounter(TokenEncoding.O200kBase));
    private static readonly Lazy<TokenCounter> Cl100k = new(() => new TokenCounter(TokenEncoding.Cl100kBase));

    private readonly Vocabulary _vocabulary;

    private TokenCounter(TokenEncoding encoding)
    {
        Encoding = encoding;
        _vocabulary = Vocabulary.Load(encoding == TokenEncoding.O200kBase ? "o200k_base.bpe" : "cl100k_base.bpe");
    }

    public TokenEncoding Encoding { get; }

    public static TokenCounter For(TokenEncoding encoding) => encoding == TokenEncoding.O200kBase ? O200k.Value : Cl100k.Value;

    /// <summary>Loads both vocabularies side by side, and the classes of characters with them, so that no call waits for them: under 50 ms (the counting benchmark, 2026-11).</summary>
    public static void LoadAll() => Parallel.Invoke(static () => O200k.Value.Count("a"u8), static () => Cl100k.Value.Count("a"u8));

    /// <summary>Tokens of UTF-8 text. Invalid bytes count as the replacement character would.</summary>
    /// <param name="limit">Where to stop: text of more tokens than this gives some number above it, and what lies behind is not looked at.</param>
    public int Count(ReadOnlySpan<byte> utf8, int limit = int.MaxValue)
    {
        if (!Utf8.IsValid(utf8)) return CountRepaired(utf8, limit);
        return Encoding == TokenEncoding.O200kBase
            ? PieceCounter<O200kPattern>.Count(utf8, _vocabulary, limit)
            : PieceCounter<Cl100kPattern>.Count(utf8, _vocabulary, limit);
    }

    /// <summary>Tokens of the text that the inside of a JSON string stands for (escapes resolved; a lone surrogate is U+FFFD).</summary>
    /// <param name="limit">As for <see cref="Count"/>.</param>
    public int CountJsonString(ReadOnlySpan<byte> escaped, int limit = int.MaxValue)
    {
        var firstEscape = escaped.IndexOf((byte)'\\');
        if (firstEscape < 0) return Count(escaped, limit);
        var buffer = ArrayPool<byte>.Shared.Rent(escaped.Length);
        var length = JsonText.Unescape(escaped, buffer);
        var count = Count(buffer.AsSpan(0, length), limit);
        ArrayPool<byte>.Shared.Return(buffer);
        return count;
    }

    private int CountRepaired(ReadOnlySpan<byte> utf8, int limit)
    {
        // A replacement character has three bytes, and stands for one invalid byte or more.
        var buffer = ArrayPool<byte>.Shared.Rent(checked(utf8.Length * 3));
        var length = 0;
        while (!utf8.IsEmpty)
        {
            Rune.DecodeFromUtf8(utf8, out var rune, out var used);
            length += rune.EncodeToUtf8(buffer.AsSpan(length));
            utf8 = utf8[used..];
        }

        var count = Count(buffer.AsSpan(0, length), limit);
        ArrayPool<byte>.Shared.Return(buffer);
        return count;
    }
}
