using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// The common word, of ASCII letters with perhaps one ASCII character before it, in at most fifteen bytes: found from sixteen bytes at once, without a branch for each.
/// Every answer of 0 means only that the full rules must decide.
/// </summary>
internal static class AsciiWord
{
    private const int Width = 16;

    /// <summary>
    /// The length of a word of upper-case, then lower-case letters at <paramref name="start"/>, or 0. <paramref name="lead"/> is 1 when the first character is a
    /// word's lead, 0 when it is a letter. A word before an apostrophe may have a contraction and is not decided here.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CasedLength(ReadOnlySpan<byte> text, int start, int lead)
    {
        if (start + Width > text.Length) return 0;
        var bytes = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(text), (nuint)start);
        var undecided = (bytes | Vector128.Equals(bytes, Vector128.Create((byte)'\''))).ExtractMostSignificantBits();
        var capitals = lead + BitOperations.TrailingZeroCount(~(Within(bytes, (byte)'A') >> lead));
        var end = capitals + BitOperations.TrailingZeroCount(~(Within(bytes, (byte)'a') >> capitals));
        return end < Width && ((undecided >> end) & 1) == 0 && end > lead ? end : 0;
    }

    /// <summary>The same for letters of any case, and an apostrophe may follow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Length(ReadOnlySpan<byte> text, int start, int lead)
    {
        if (start + Width > text.Length) return 0;
        var bytes = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(text), (nuint)start);
        var letters = Within(bytes | Vector128.Create((byte)0x20), (byte)'a');
        var end = lead + BitOperations.TrailingZeroCount(~(letters >> lead));
        return end < Width && ((bytes.ExtractMostSignificantBits() >> end) & 1) == 0 && end > lead ? end : 0;
    }

    /// <summary>A bit for each byte among the twenty-six letters from <paramref name="first"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Within(Vector128<byte> bytes, byte first) =>
        Vector128.LessThan(bytes - Vector128.Create(first), Vector128.Create((byte)26)).ExtractMostSignificantBits();
}
