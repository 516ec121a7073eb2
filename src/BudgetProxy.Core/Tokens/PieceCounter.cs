using System.Runtime.CompilerServices;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// Splits text and adds up the counts of its pieces. A short piece is looked up among those met lately; a long one is cut first where that is sure to be harmless.
/// The type parameter makes one cache for each encoding on each thread.
/// </summary>
internal static class PieceCounter<TPattern>
    where TPattern : ISplitPattern
{
    [ThreadStatic]
    private static PieceCache? _cache;

    /// <summary>
    /// Tokens of valid UTF-8 text; some number above <paramref name="limit"/> where there are more than that. Never inlined: as a part of its callers it was so
    /// large that the compiler left the look-up of a piece a call (a profile of the proxy, 2026-11).
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Count(ReadOnlySpan<byte> text, Vocabulary vocabulary, int limit)
    {
        var cache = _cache ??= new PieceCache();
        var count = 0;
        for (var start = 0; start < text.Length && count <= limit;)
        {
            var end = TPattern.PieceEnd(text, start);
            count += end - start <= ShortText.Longest
                ? CountShort(text, start, end, vocabulary, cache)
                : CountLong(text[start..end], vocabulary, cache, limit - count);
            start = end;
        }

        return count;
    }

    private static int CountLong(ReadOnlySpan<byte> piece, Vocabulary vocabulary, PieceCache cache, int limit)
    {
        var count = 0;
        for (var start = 0; start < piece.Length && count <= limit;)
        {
            var end = vocabulary.Cuts.SegmentEnd(piece, start);
            // So many tokens there are at least: where that is too many, how many more does not matter.
            var least = (end - start) / vocabulary.LongestToken;
            count += end - start <= ShortText.Longest ? CountShort(piece, start, end, vocabulary, cache)
                : least > limit - count ? least
                : BpeCounter.Count(piece[start..end], vocabulary);
            start = end;
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CountShort(ReadOnlySpan<byte> text, int start, int end, Vocabulary vocabulary, PieceCache cache)
    {
        var piece = ShortText.Of(text, start, end - start);
        var count = cache.Find(piece);
        return count != 0 ? count : CountNew(text[start..end], piece, vocabulary, cache);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int CountNew(ReadOnlySpan<byte> text, ShortText piece, Vocabulary vocabulary, PieceCache cache)
    {
        var count = vocabulary.Trie.Contains(text) ? 1 : BpeCounter.Count(text, vocabulary);
        cache.Add(piece, count);
        return count;
    }
}
