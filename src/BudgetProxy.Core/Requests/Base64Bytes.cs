using System.Buffers;
using System.Buffers.Text;

namespace BudgetProxy.Core.Requests;

/// <summary>The bytes behind plain base64 (no white space, no escapes), decoded only where they are looked at.</summary>
internal readonly ref struct Base64Bytes
{
    private const int Window = 32;

    private static readonly SearchValues<byte> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    private readonly ReadOnlySpan<byte> _base64;

    /// <summary>Empty where a character is not base64's: decoders that skip such a one would see other bytes than we do.</summary>
    public Base64Bytes(ReadOnlySpan<byte> base64)
    {
        var padding = base64.EndsWith("=="u8) ? 2 : base64.EndsWith("="u8) ? 1 : 0;
        _base64 = base64[..^padding].ContainsAnyExcept(Alphabet) ? default : base64;
        Length = _base64.Length / 4 * 3 - (_base64.IsEmpty ? 0 : padding);
    }

    /// <summary>Bytes of the decoded data.</summary>
    public long Length { get; }

    /// <summary>Decodes up to <paramref name="into"/>'s length (at most 32) from byte <paramref name="position"/>; answers how many.</summary>
    public int Read(long position, Span<byte> into)
    {
        if (position >= Length)
            return 0;
        Span<byte> quads = stackalloc byte[(Window + 5) / 3 * 3 + 3];
        var skip = (int)(position % 3);
        var chars = _base64[(int)(position / 3 * 4)..];
        chars = chars[..Math.Min(chars.Length / 4 * 4, (skip + into.Length + 2) / 3 * 4)];
        Base64.DecodeFromUtf8(chars, quads, out _, out var written);
        var length = Math.Clamp(written - skip, 0, into.Length);
        quads.Slice(skip, length).CopyTo(into);
        return length;
    }
}
