using System.Buffers.Binary;

namespace BudgetProxy.Core.Requests;

/// <summary>
/// Tokens of an <c>input_audio</c> from its header and its size: one for each 100 ms (OpenAI realtime cost guide, 2026-08). Null where the header
/// leaves more than one reading: the caller chose these bytes, and only the model's window then bounds them.
/// </summary>
internal static class AudioLength
{
    private const int TokensPerSecond = 10;

    /// <summary>Samples a second at least, telephone quality: a header that names fewer makes any file long.</summary>
    private const int LeastRate = 8_000;

    /// <summary>Bytes behind one token at least: the lowest bit rate of MPEG layer III, 8 kbit/s (ISO/IEC 13818-3), is 100 bytes in 100 ms.</summary>
    private const int LeastMp3Bytes = 100;

    private const int MaxChunks = 64;

    private static ReadOnlySpan<int> Kilobits1 => [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];

    private static ReadOnlySpan<int> Kilobits2 => [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];

    /// <summary>What it probably costs, and what it can't exceed.</summary>
    /// <param name="written">Base64 as it stands in the body.</param>
    public static (long Expected, long Bound)? Tokens(ReadOnlySpan<byte> written)
    {
        using var base64 = new WrittenBase64(written);
        var audio = new Base64Bytes(base64.Plain);
        Span<byte> start = stackalloc byte[10];
        if (audio.Read(0, start) < start.Length)
            return null;
        if (start.StartsWith("RIFF"u8))
            return Wav(audio);
        return Mp3(audio, start.StartsWith("ID3"u8) ? TagLength(start) : 0);
    }

    // Uncompressed samples alone have a length that their size tells: plain, floating point, A-law, mu-law and the extensible form of them.
    private static (long Expected, long Bound)? Wav(Base64Bytes audio)
    {
        Span<byte> chunk = stackalloc byte[24];
        if (audio.Read(0, chunk) < chunk.Length || !chunk[8..12].SequenceEqual("WAVE"u8))
            return null;
        var (position, bytesPerSecond) = (12L, 0L);
        for (var step = 0; step < MaxChunks && audio.Read(position, chunk) >= 8; step++)
        {
            if (chunk.StartsWith("data"u8))
                return bytesPerSecond == 0 ? null : Same((((audio.Length - position) * TokensPerSecond) + bytesPerSecond - 1) / bytesPerSecond);
            if (chunk.StartsWith("fmt "u8))
            {
                // The extensible form says further on what its samples are.
                if (chunk[8] == 0xFE && chunk[9] == 0xFF)
                    audio.Read(position + 32, chunk[8..10]);
                if (bytesPerSecond > 0 || (bytesPerSecond = BytesPerSecond(chunk[8..])) == 0)
                    return null;
            }

            var length = (long)BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            position += 8 + length + (length & 1);
        }

        return null;
    }

    private static long BytesPerSecond(ReadOnlySpan<byte> format)
    {
        var tag = BinaryPrimitives.ReadUInt16LittleEndian(format);
        var channels = BinaryPrimitives.ReadUInt16LittleEndian(format[2..]);
        var rate = BinaryPrimitives.ReadUInt32LittleEndian(format[4..]);
        var bits = BinaryPrimitives.ReadUInt16LittleEndian(format[14..]);
        var block = BinaryPrimitives.ReadUInt16LittleEndian(format[12..]);
        var isPlain = tag switch
        {
            1 => bits is 8 or 16 or 24 or 32,
            3 => bits is 32 or 64,
            6 or 7 => bits == 8,
            _ => false,
        };
        isPlain &= channels > 0 && block == channels * (bits / 8) && rate >= LeastRate;
        return isPlain && BinaryPrimitives.ReadUInt32LittleEndian(format[8..]) == rate * block ? (long)rate * block : 0;
    }

    // Seven bits a byte, and the tag's own header.
    private static long TagLength(ReadOnlySpan<byte> tag) => 10L + (((tag[6] & 0x7F) << 21) | ((tag[7] & 0x7F) << 14) | ((tag[8] & 0x7F) << 7) | (tag[9] & 0x7F));

    // The first frame's bit rate is what all have in most files. A frame must stand there, or the bytes may be of a format that packs silence tighter.
    private static (long Expected, long Bound)? Mp3(Base64Bytes audio, long position)
    {
        Span<byte> frame = stackalloc byte[4];
        if (audio.Read(position, frame) < 4 || frame[0] != 0xFF || (frame[1] & 0xE6) != 0xE2)
            return null;
        var kilobits = ((frame[1] & 0x18) == 0x18 ? Kilobits1 : Kilobits2)[frame[2] >> 4];
        if (kilobits == 0)
            return null;
        var bytes = audio.Length - position;
        return ((bytes * TokensPerSecond * 8 / (kilobits * 1000L)) + 1, (bytes / LeastMp3Bytes) + 1);
    }

    private static (long Expected, long Bound)? Same(long tokens) => (tokens, tokens);
}
