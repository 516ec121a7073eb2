using System.Buffers;
using System.Runtime.CompilerServices;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// Counts the tokens of one piece without merging it. A sequence of tokens is the encoding of its text exactly when each adjacent pair is, so the longest token is
/// tried first at each place, then shorter ones, and a place from which nothing leads on is marked and never tried again: linear in the piece, whatever it holds.
/// </summary>
internal static class BpeCounter
{
    private const int StackPiece = 256;

    // The list of tokens is written before it is read.
    [SkipLocalsInit]
    public static int Count(ReadOnlySpan<byte> piece, Vocabulary vocabulary)
    {
        if (piece.Length <= StackPiece)
        {
            Span<int> tokens = stackalloc int[StackPiece];
            Span<ulong> dead = stackalloc ulong[(StackPiece >> 6) + 1];
            dead = dead[..((piece.Length >> 6) + 1)];
            dead.Clear();
            return Count(piece, tokens, dead, vocabulary);
        }

        var rentedTokens = ArrayPool<int>.Shared.Rent(piece.Length);
        var rentedDead = ArrayPool<ulong>.Shared.Rent((piece.Length >> 6) + 1);
        var deadPlaces = rentedDead.AsSpan(0, (piece.Length >> 6) + 1);
        deadPlaces.Clear();
        var count = Count(piece, rentedTokens, deadPlaces, vocabulary);
        ArrayPool<int>.Shared.Return(rentedTokens);
        ArrayPool<ulong>.Shared.Return(rentedDead);
        return count;
    }

    private static int Count(ReadOnlySpan<byte> piece, Span<int> tokens, Span<ulong> dead, Vocabulary vocabulary)
    {
        int count = 0, at = 0;
        var token = vocabulary.Trie.Longest(piece);
        while (true)
        {
            var end = at + vocabulary.Length(token);
            if (!IsDead(dead, end) && (count == 0 || AreCompatible(tokens[count - 1], token, vocabulary)))
            {
                tokens[count++] = token;
                if (end == piece.Length) return count;
                at = end;
                token = vocabulary.Trie.Longest(piece[at..]);
                continue;
            }

            // No shorter token is left here: this place is dead, and the token that led to it must be shorter. The start is never dead.
            while ((token = vocabulary.Prefix(token)) == Vocabulary.None)
            {
                dead[at >> 6] |= 1UL << at;
                token = tokens[--count];
                at -= vocabulary.Length(token);
            }
        }
    }

    private static bool IsDead(Span<ulong> dead, int at) => (dead[at >> 6] & (1UL << at)) != 0;

    /// <summary>
    /// Whether encoding the two tokens' joint text gives the two back: undo their merges, latest first, and see whether some pair across the border
    /// would have merged before that.
    /// </summary>
    private static bool AreCompatible(int left, int right, Vocabulary vocabulary)
    {
        var limit = int.MaxValue;
        while (true)
        {
            if (vocabulary.Merges.Find(left, right) < limit) return false;
            // Of equal tokens the left one merged first, so the right one is undone first and may not have lost to its own rank.
            if (left > right && left >= 256)
            {
                limit = left;
                left = vocabulary.Right(left);
            }
            else if (right >= 256)
            {
                limit = right + 1;
                right = vocabulary.Left(right);
            }
            else
            {
                return true;
            }
        }
    }
}
