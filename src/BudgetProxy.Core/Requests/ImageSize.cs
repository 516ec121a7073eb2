using System.Buffers.Binary;

namespace BudgetProxy.Core.Requests;

/// <summary>
/// Strict walks over the structure of PNG, JPEG, GIF and WebP. An image that a decoder could read as another size than we do has no size
/// here, (0, 0): the caller chose these bytes, and the model's cap then bounds them.
/// </summary>
internal static class ImageSize
{
    /// <summary>Chunks, blocks or segments looked at; more is taken as unknown.</summary>
    private const int MaxSteps = 1 << 16;

    public static (int Width, int Height) Png(Base64Bytes image)
    {
        Span<byte> bytes = stackalloc byte[24];
        if (image.Read(0, bytes) < 24 || !IsPngStart(bytes))
            return default;
        var size = (BinaryPrimitives.ReadInt32BigEndian(bytes[16..]), BinaryPrimitives.ReadInt32BigEndian(bytes[20..]));
        var position = 33L;
        for (var step = 0; step < MaxSteps; step++)
        {
            if (image.Read(position, bytes[..8]) < 8 || bytes[4..8].SequenceEqual("IEND"u8))
                return size;
            if (bytes[4..8].SequenceEqual("IHDR"u8) || bytes[0] > 0x7F)
                return default;
            position += 12L + BinaryPrimitives.ReadUInt32BigEndian(bytes);
        }

        return default;
    }

    // The largest of the logical screen and every frame on it.
    public static (int Width, int Height) Gif(Base64Bytes image)
    {
        Span<byte> bytes = stackalloc byte[13];
        bytes.Clear();
        if (image.Read(0, bytes) < 10 || !(bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8)))
            return default;
        var (width, height) = ((int)Le16(bytes[6..]), (int)Le16(bytes[8..]));
        var position = 13L + ColourTable(bytes[10]);
        for (var step = 0; step < MaxSteps; step++)
        {
            var read = image.Read(position, bytes[..10]);
            if (read == 0 || bytes[0] == 0x3B)
                return (width, height);
            if (bytes[0] == 0x2C && read == 10)
            {
                width = Math.Max(width, Le16(bytes[1..]) + Le16(bytes[5..]));
                height = Math.Max(height, Le16(bytes[3..]) + Le16(bytes[7..]));
                position += 11 + ColourTable(bytes[9]);
            }
            else if (bytes[0] == 0x21)
                position += 2;
            else
                return default;

            for (; step < MaxSteps && image.Read(position, bytes[..1]) == 1 && bytes[0] > 0; step++)
                position += 1 + bytes[0];
            position++;
        }

        return default;
    }

    // The largest of all frame headers before the first scan.
    public static (int Width, int Height) Jpeg(Base64Bytes image)
    {
        Span<byte> bytes = stackalloc byte[9];
        var (width, height) = (0, 0);
        var position = 2L;
        for (var step = 0; step < MaxSteps; step++)
        {
            var read = image.Read(position, bytes);
            if (read < 4 || bytes[0] != 0xFF)
                return default;
            if (bytes[1] == 0xDA)
                return (width, height);
            if (bytes[1] == 0xFF)
            {
                position++;
                continue;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
            if (bytes[1] is < 0xC0 or (>= 0xD0 and <= 0xD9) || length < 2)
                return default;
            if (bytes[1] is <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                if (read < 9 || length < 8)
                    return default;
                height = Math.Max(height, BinaryPrimitives.ReadUInt16BigEndian(bytes[5..]));
                width = Math.Max(width, BinaryPrimitives.ReadUInt16BigEndian(bytes[7..]));
            }

            position += 2 + length;
        }

        return default;
    }

    // The first frame's size, or the canvas where every frame, the parts of an animation included, is within it.
    public static (int Width, int Height) WebP(Base64Bytes image)
    {
        Span<byte> bytes = stackalloc byte[18];
        if (image.Read(0, bytes) < 18 || !bytes[8..12].SequenceEqual("WEBP"u8))
            return default;
        var end = 8L + BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        if (end > image.Length)
            return default;
        var (canvas, hasFrame) = ((Width: 0, Height: 0), false);
        var position = 12L;
        for (var step = 0; step < MaxSteps && position < end; step++)
        {
            bytes.Clear();
            image.Read(position, bytes);
            var next = position + 8 + BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            if (next > end)
                return default;
            if (bytes.StartsWith("VP8X"u8))
            {
                if (position != 12 || next != 30)
                    return default;
                canvas = (1 + Le24(bytes[12..]), 1 + Le24(bytes[15..]));
            }
            else if (bytes.StartsWith("VP8 "u8) || bytes.StartsWith("VP8L"u8))
            {
                var size = WebPFrame(bytes);
                if (canvas.Width == 0 || size.Width == 0)
                    return size;
                if (size.Width > canvas.Width || size.Height > canvas.Height)
                    return default;
                hasFrame = true;
            }

            // A frame of an animation holds chunks of its own, behind 16 bytes.
            position = bytes.StartsWith("ANMF"u8) ? position + 24 : next + (next & 1);
        }

        return hasFrame && position >= end ? canvas : default;
    }

    private static (int Width, int Height) WebPFrame(ReadOnlySpan<byte> chunk)
    {
        if (chunk[3] == 'L')
        {
            var packed = BinaryPrimitives.ReadUInt32LittleEndian(chunk[9..]);
            return chunk[8] == 0x2F && packed >> 29 == 0 ? ((int)(packed & 0x3FFF) + 1, (int)(packed >> 14 & 0x3FFF) + 1) : default;
        }

        var isKey = (chunk[8] & 1) == 0 && chunk[11..14].SequenceEqual((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A]);
        return isKey ? (Le16(chunk[14..]) & 0x3FFF, Le16(chunk[16..]) & 0x3FFF) : default;
    }

    private static bool IsPngStart(ReadOnlySpan<byte> bytes) =>
        bytes[0] == 0x89 && bytes[1..16].SequenceEqual("PNG\r\n\u001a\n\0\0\0\rIHDR"u8);

    private static int ColourTable(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);

    private static ushort Le16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static int Le24(ReadOnlySpan<byte> bytes) => bytes[0] | bytes[1] << 8 | bytes[2] << 16;
}
