using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace BudgetProxy.Core.Requests;

/// <summary>Reads an image's size from the header inside its base64, decoding only the few bytes it needs. PNG, JPEG, GIF, WebP; (0, 0) for anything else.</summary>
internal static class ImageHeader
{
    /// <summary>JPEG segments looked at before the frame header; photographs have a few dozen.</summary>
    private const int MaxSegments = 1024;

    private const int Window = 32;
    private const int Prefix = 64 * 1024;

    private static readonly SearchValues<byte> NotPlain = SearchValues.Create("\\ \t\r\n"u8);

    /// <summary>The size from a <c>data:</c> URL as it is written in the body; (0, 0) for a remote one.</summary>
    public static (int Width, int Height) ReadDataUrl(ReadOnlySpan<byte> url)
    {
        if (url.Length < 5 || !Ascii.EqualsIgnoreCase(url[..5], "data:"u8))
            return default;
        var marker = url[..Math.Min(url.Length, 256)].IndexOf("base64,"u8);
        return marker < 0 ? default : Read(url[(marker + 7)..]);
    }

    /// <summary>The size from base64 as it is written in the body, JSON escapes and line breaks included.</summary>
    public static (int Width, int Height) Read(ReadOnlySpan<byte> written)
    {
        if (written.IndexOfAny(NotPlain) < 0)
            return ReadPlain(written);

        if (written.Length <= Prefix)
            return ReadCleaned(written);
        // Nearly every header stands in the first bytes; only a JPEG behind long profiles needs the whole.
        var size = ReadCleaned(written[..Prefix]);
        return size.Width == 0 && IsJpeg(written) ? ReadCleaned(written) : size;
    }

    // FF D8 FF in base64, its slash escaped or not.
    private static bool IsJpeg(ReadOnlySpan<byte> written) => written.StartsWith("/9j/"u8) || written.StartsWith("\\/9j"u8) || written.StartsWith("/9j\\"u8);

    private static (int Width, int Height) ReadCleaned(ReadOnlySpan<byte> written)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(written.Length + 2);
        try
        {
            return ReadPlain(buffer.AsSpan(0, Clean(written, buffer)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Escapes resolved ("\/" is common) and white space dropped, so that a position in the image is a position in its base64.
    private static int Clean(ReadOnlySpan<byte> written, byte[] buffer)
    {
        var length = 0;
        while (true)
        {
            var plain = written.IndexOfAny(NotPlain);
            var run = plain < 0 ? written : written[..plain];
            run.CopyTo(buffer.AsSpan(length));
            length += run.Length;
            if (plain < 0)
                return length;
            written = written[plain..];
            var (character, used) = Resolve(written);
            if (character is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
                buffer[length++] = character;
            written = written[Math.Min(used, written.Length)..];
        }
    }

    private static (byte Character, int Used) Resolve(ReadOnlySpan<byte> written)
    {
        if (written[0] != '\\' || written.Length < 2)
            return (written[0], 1);
        if (written[1] is (byte)'n' or (byte)'r' or (byte)'t')
            return ((byte)' ', 2);
        if (written[1] != 'u' || written.Length < 6 || !Utf8Parser.TryParse(written.Slice(2, 4), out ushort unit, out _, 'X'))
            return (written[1], 2);
        return (unit < 0x80 ? (byte)unit : (byte)0, 6);
    }

    private static (int Width, int Height) ReadPlain(ReadOnlySpan<byte> base64)
    {
        Span<byte> bytes = stackalloc byte[Window];
        var read = Decode(base64, 0, bytes);
        return bytes[..read] switch
        {
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] when read >= 24 =>
                (BinaryPrimitives.ReadInt32BigEndian(bytes[16..]), BinaryPrimitives.ReadInt32BigEndian(bytes[20..])),
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] when read >= 10 =>
                (BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..])),
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..] when read >= 30 && bytes[8..12].SequenceEqual("WEBP"u8) => WebP(bytes),
            [0xFF, 0xD8, 0xFF, ..] => Jpeg(base64),
            _ => default,
        };
    }

    private static (int Width, int Height) WebP(ReadOnlySpan<byte> bytes)
    {
        var kind = bytes[12..16];
        if (kind.SequenceEqual("VP8X"u8))
            return (1 + Int24(bytes[24..]), 1 + Int24(bytes[27..]));
        if (kind.SequenceEqual("VP8L"u8) && bytes[20] == 0x2F)
        {
            var packed = BinaryPrimitives.ReadUInt32LittleEndian(bytes[21..]);
            return ((int)(packed & 0x3FFF) + 1, (int)(packed >> 14 & 0x3FFF) + 1);
        }

        if (kind.SequenceEqual("VP8 "u8) && bytes[23..26].SequenceEqual((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A]))
            return (BinaryPrimitives.ReadUInt16LittleEndian(bytes[26..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(bytes[28..]) & 0x3FFF);
        return default;
    }

    // Walks the segments up to the scan. Of several frame headers (which no encoder writes) the largest size counts.
    private static (int Width, int Height) Jpeg(ReadOnlySpan<byte> base64)
    {
        Span<byte> bytes = stackalloc byte[9];
        var (width, height) = (0, 0);
        var position = 2L;
        for (var segment = 0; segment < MaxSegments; segment++)
        {
            var read = Decode(base64, position, bytes);
            if (read < 4 || bytes[0] != 0xFF || bytes[1] == 0xDA)
                break;
            if (bytes[1] is 0xFF or 0x01 or (>= 0xD0 and <= 0xD7))
            {
                position += bytes[1] == 0xFF ? 1 : 2;
                continue;
            }

            if (bytes[1] is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC) && read == 9)
            {
                height = Math.Max(height, BinaryPrimitives.ReadUInt16BigEndian(bytes[5..]));
                width = Math.Max(width, BinaryPrimitives.ReadUInt16BigEndian(bytes[7..]));
            }

            position += 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        }

        return (width, height);
    }

    private static int Int24(ReadOnlySpan<byte> bytes) => bytes[0] | bytes[1] << 8 | bytes[2] << 16;

    /// <summary>Decodes up to <paramref name="into"/>'s length from byte <paramref name="position"/> of the image; answers how many.</summary>
    private static int Decode(ReadOnlySpan<byte> base64, long position, Span<byte> into)
    {
        var start = position / 3 * 4;
        if (start >= base64.Length)
            return 0;
        Span<byte> quads = stackalloc byte[(Window + 5) / 3 * 3 + 3];
        var skip = (int)(position % 3);
        var chars = base64[(int)start..];
        chars = chars[..Math.Min(chars.Length, (skip + into.Length + 2) / 3 * 4)];
        Base64.DecodeFromUtf8(chars, quads, out _, out var written, isFinalBlock: false);
        var length = Math.Clamp(written - skip, 0, into.Length);
        quads.Slice(skip, length).CopyTo(into);
        return length;
    }
}
