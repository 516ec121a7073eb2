using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BudgetProxy.Core.Tokens;

/// <summary>Up to fifteen bytes of text as two words, little-endian and padded with zeros, with the length in the upper half of the last byte. The lower half is zero.</summary>
internal readonly struct ShortText(ulong low, ulong high)
{
    /// <summary>Bytes.</summary>
    public const int Longest = 15;

    public readonly ulong Low = low;
    public readonly ulong High = high;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ShortText Of(ReadOnlySpan<byte> text, int start, int length)
    {
        if (start + 16 > text.Length) return NearEnd(text.Slice(start, length));
        ref var at = ref Unsafe.Add(ref MemoryMarshal.GetReference(text), start);
        return Cut(Unsafe.ReadUnaligned<ulong>(ref at), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, 8)), length);
    }

    /// <summary>A well-mixed word; take as many of its upper bits as needed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Hash() => (Low ^ (High * 0xC2B2AE3D27D4EB4F)) * 0x9E3779B97F4A7C15;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ShortText Cut(ulong low, ulong high, int length)
    {
        var top = (ulong)(uint)length << 60;
        return length < 8
            ? new ShortText(low & ((1UL << (length * 8)) - 1), top)
            : new ShortText(low, (high & ((1UL << ((length - 8) * 8)) - 1)) | top);
    }

    private static ShortText NearEnd(ReadOnlySpan<byte> text)
    {
        Span<byte> padded = stackalloc byte[16];
        padded.Clear();
        text.CopyTo(padded);
        return Cut(BitConverter.ToUInt64(padded), BitConverter.ToUInt64(padded[8..]), text.Length);
    }
}
