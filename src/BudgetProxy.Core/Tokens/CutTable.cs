using System.Runtime.CompilerServices;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// Between which neighbouring characters a piece may be cut without changing its count: where no token of the vocabulary holds the two side by side, no merge can cross.
/// Most borders inside a Chinese or Japanese piece are such, so a long piece falls into short segments that repeat.
/// A false "no" (two pairs may share a bit) costs time, never a wrong count. Texts are valid UTF-8; pairs of ASCII characters are not held and never cut.
/// The first bits stand for pairs of whole characters, the second for borders of tokens that hold a part of a character there, by the bytes before and after.
/// </summary>
internal sealed unsafe class CutTable(byte* pairs, byte* bytes)
{
    private const int PairBits = 20;

    /// <summary>Where the segment that begins at <paramref name="start"/> of the piece may end: at the first sure cut, or at the piece's end.</summary>
    public int SegmentEnd(ReadOnlySpan<byte> piece, int start)
    {
        var border = start + TextClasses.CharLength(piece[start]);
        if (border >= piece.Length) return piece.Length;
        var left = Pack(piece[start..border]);
        while (border < piece.Length)
        {
            var next = border + TextClasses.CharLength(piece[border]);
            var right = Pack(piece[border..next]);
            if ((left | right) >= 0x80 && !IsSet(pairs, PairBit(left, right)) && !IsSet(bytes, ByteBit(piece[border - 1], piece[border]))) return border;
            left = right;
            border = next;
        }

        return border;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Pack(ReadOnlySpan<byte> character) => character.Length switch
    {
        1 => character[0],
        2 => (uint)((character[0] << 8) | character[1]),
        3 => (uint)((character[0] << 16) | (character[1] << 8) | character[2]),
        _ => (uint)((character[0] << 24) | (character[1] << 16) | (character[2] << 8) | character[3]),
    };

    private static int PairBit(uint left, uint right) => (int)((((ulong)left << 32) | right) * 0x9E3779B97F4A7C15 >> (64 - PairBits));

    private static int ByteBit(byte left, byte right) => (left << 8) | right;

    // Little-endian words of 64 bits: the bit's byte is the same by itself.
    private static bool IsSet(byte* bits, int bit) => (bits[bit >> 3] & (1 << (bit & 7))) != 0;
}
