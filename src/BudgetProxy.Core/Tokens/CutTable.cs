using System.Runtime.CompilerServices;
using System.Text;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// Between which neighbouring characters a piece may be cut without changing its count: where no token of the vocabulary holds the two side by side, no merge can cross.
/// Most borders inside a Chinese or Japanese piece are such, so a long piece falls into short segments that repeat.
/// A false "no" (two pairs may share a bit) costs time, never a wrong count. Texts are valid UTF-8; pairs of ASCII characters are not held and never cut.
/// </summary>
internal sealed class CutTable
{
    private const int PairBits = 20;

    private readonly ulong[] _pairs = new ulong[1 << (PairBits - 6)];

    /// <summary>Borders of tokens that hold a part of a character there, by the bytes before and after.</summary>
    private readonly ulong[] _bytes = new ulong[65536 >> 6];

    /// <summary>Notes every border between characters inside this token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<byte> token)
    {
        if (Ascii.IsValid(token)) return;
        var left = 0;
        var leftIsWhole = !IsContinuation(token[0]);
        for (var border = 1; border < token.Length; border++)
        {
            if (IsContinuation(token[border])) continue;
            if (leftIsWhole && border + TextClasses.CharLength(token[border]) <= token.Length)
            {
                Set(_pairs, PairBit(Pack(token[left..border]), Pack(token.Slice(border, TextClasses.CharLength(token[border])))));
            }
            else
            {
                Set(_bytes, ByteBit(token[border - 1], token[border]));
            }

            left = border;
            leftIsWhole = true;
        }
    }

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
            if ((left | right) >= 0x80 && !IsSet(_pairs, PairBit(left, right)) && !IsSet(_bytes, ByteBit(piece[border - 1], piece[border]))) return border;
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

    private static bool IsContinuation(byte value) => (value & 0xC0) == 0x80;

    private static int PairBit(uint left, uint right) => (int)((((ulong)left << 32) | right) * 0x9E3779B97F4A7C15 >> (64 - PairBits));

    private static int ByteBit(byte left, byte right) => (left << 8) | right;

    private static bool IsSet(ulong[] bits, int bit) => (bits[bit >> 6] & (1UL << bit)) != 0;

    private static void Set(ulong[] bits, int bit) => bits[bit >> 6] |= 1UL << bit;
}
