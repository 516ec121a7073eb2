using System.Text;

namespace BudgetProxy.Core.Requests;

/// <summary>Reads an image's size from the header inside its base64, decoding only the headers of its parts. PNG, JPEG, GIF, WebP; (0, 0) for anything else.</summary>
internal static class ImageHeader
{
    private const int LongestPrefix = 23; // data:image/jpeg;base64,

    /// <summary>The size from a <c>data:</c> URL as it is written in the body; (0, 0) for a remote one and for any unusual prefix.</summary>
    public static (int Width, int Height) ReadDataUrl(ReadOnlySpan<byte> url)
    {
        Span<byte> buffer = stackalloc byte[LongestPrefix];
        var (length, position) = (0, 0);
        // Any character may be escaped, and an escape must not make an image one of unknown size.
        while (position < url.Length && length < buffer.Length && (length == 0 || buffer[length - 1] != ','))
        {
            var (character, used) = WrittenBase64.Resolve(url[position..]);
            buffer[length++] = character;
            position = Math.Min(position + used, url.Length);
        }

        ReadOnlySpan<byte> prefix = buffer[..length];
        var known = Take(ref prefix, "data:image/"u8)
            && (Take(ref prefix, "png"u8) || Take(ref prefix, "jpeg"u8) || Take(ref prefix, "jpg"u8) || Take(ref prefix, "gif"u8) || Take(ref prefix, "webp"u8));
        return known && prefix.SequenceEqual(";base64,"u8) ? Read(url[position..]) : default;
    }

    /// <summary>True where a URL as it is written in the body may hold the image itself.</summary>
    public static bool IsDataUrl(ReadOnlySpan<byte> url)
    {
        Span<byte> scheme = stackalloc byte[5];
        var position = 0;
        for (var length = 0; length < scheme.Length; length++)
        {
            if (position >= url.Length)
                return false;
            var (character, used) = WrittenBase64.Resolve(url[position..]);
            scheme[length] = character;
            position = Math.Min(position + used, url.Length);
        }

        // A blank before it, or any other that a lenient server passes over, makes it no less an image in the body.
        return !Ascii.EqualsIgnoreCase(scheme, "http:"u8) && !Ascii.EqualsIgnoreCase(scheme, "https"u8);
    }

    /// <summary>The size from base64 as it is written in the body, JSON escapes and line breaks included.</summary>
    public static (int Width, int Height) Read(ReadOnlySpan<byte> written)
    {
        using var base64 = new WrittenBase64(written);
        return ReadPlain(base64.Plain);
    }

    private static bool Take(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> prefix)
    {
        if (!text.StartsWith(prefix))
            return false;
        text = text[prefix.Length..];
        return true;
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
