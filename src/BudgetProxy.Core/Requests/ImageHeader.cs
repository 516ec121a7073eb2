using System.Buffers;
using System.Buffers.Text;

namespace BudgetProxy.Core.Requests;

/// <summary>Reads an image's size from the header inside its base64, decoding only the headers of its parts. PNG, JPEG, GIF, WebP; (0, 0) for anything else.</summary>
internal static class ImageHeader
{
    private static readonly SearchValues<byte> NotPlain = SearchValues.Create("\\ \t\r\n"u8);

    /// <summary>The size from a <c>data:</c> URL as it is written in the body; (0, 0) for a remote one and for any unusual prefix.</summary>
    public static (int Width, int Height) ReadDataUrl(ReadOnlySpan<byte> url)
    {
        if (!Take(ref url, "data:image/"u8) && !Take(ref url, "data:image\\/"u8))
            return default;
        var known = Take(ref url, "png"u8) || Take(ref url, "jpeg"u8) || Take(ref url, "jpg"u8) || Take(ref url, "gif"u8) || Take(ref url, "webp"u8);
        return known && Take(ref url, ";base64,"u8) ? Read(url) : default;
    }

    /// <summary>The size from base64 as it is written in the body, JSON escapes and line breaks included.</summary>
    public static (int Width, int Height) Read(ReadOnlySpan<byte> written) =>
        written.IndexOfAny(NotPlain) < 0 ? ReadPlain(written) : ReadCleaned(written);

    private static bool Take(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> prefix)
    {
        if (!text.StartsWith(prefix))
            return false;
        text = text[prefix.Length..];
        return true;
    }

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
            return (written[1] is (byte)'b' or (byte)'f' ? (byte)0 : written[1], 2);
        return (unit < 0x80 ? (byte)unit : (byte)0, 6);
    }

    private static (int Width, int Height) ReadPlain(ReadOnlySpan<byte> base64)
    {
        var image = new Base64Bytes(base64);
        Span<byte> start = stackalloc byte[4];
        return start[..image.Read(0, start)] switch
        {
            [0x89, (byte)'P', (byte)'N', (byte)'G'] => ImageSize.Png(image),
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8'] => ImageSize.Gif(image),
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F'] => ImageSize.WebP(image),
            [0xFF, 0xD8, 0xFF, _] => ImageSize.Jpeg(image),
            _ => default,
        };
    }
}
