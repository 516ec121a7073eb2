namespace BudgetProxy.Core.Requests;

/// <summary>Reads an image's size from the header inside its base64, decoding only the headers of its parts. PNG, JPEG, GIF, WebP; (0, 0) for anything else.</summary>
internal static class ImageHeader
{
    /// <summary>The size from a <c>data:</c> URL as it is written in the body; (0, 0) for a remote one and for any unusual prefix.</summary>
    public static (int Width, int Height) ReadDataUrl(ReadOnlySpan<byte> url)
    {
        if (!Take(ref url, "data:image/"u8) && !Take(ref url, "data:image\\/"u8))
            return default;
        var known = Take(ref url, "png"u8) || Take(ref url, "jpeg"u8) || Take(ref url, "jpg"u8) || Take(ref url, "gif"u8) || Take(ref url, "webp"u8);
        return known && Take(ref url, ";base64,"u8) ? Read(url) : default;
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
