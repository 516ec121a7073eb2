using System.Buffers.Text;

namespace BudgetProxy.Core.Requests;

/// <summary>
/// A best guess of what a document inside a body comes to. It bounds nothing: a compressed page holds any amount of text, so the model's window stays
/// the bound. Pages are counted where their objects stand open in the file, else guessed from its size.
/// </summary>
internal static class InlineDocument
{
    /// <summary>Tokens of one page, its text and its picture: Anthropic's example of three pages is about 7,000 (PDF support page, 2026-08).</summary>
    public const int PageTokens = 2_400;

    /// <summary>Pages that a request can hold at most (the same page; 100 on models with a smaller window).</summary>
    public const int MaxPages = 600;

    /// <summary>Bytes behind one page where its objects are compressed; a guess.</summary>
    private const int PageBytes = 50_000;

    /// <summary>Bytes behind one token of plain text: English prose and code in o200k have about four.</summary>
    private const int TextBytes = 4;

    // Whole groups of base64 of which some are looked at twice, so that no name is cut by the end of a block.
    private const int BlockChars = 4096;
    private const int OverlapChars = 64;

    /// <param name="written">Base64 as it stands in the body.</param>
    public static long Tokens(ReadOnlySpan<byte> written)
    {
        using var base64 = new WrittenBase64(written);
        var bytes = base64.Plain.Length / 4L * 3;
        return base64.Plain.StartsWith("JVBERi"u8) ? Math.Clamp(Pages(base64.Plain, bytes), 1, MaxPages) * PageTokens : bytes / TextBytes;
    }

    /// <summary>The same for the value of OpenAI's <c>file_data</c>, a <c>data:</c> URL or the base64 alone.</summary>
    public static long UrlTokens(ReadOnlySpan<byte> written)
    {
        var start = written.IndexOf(";base64,"u8);
        return Tokens(start < 0 ? written : written[(start + ";base64,".Length)..]);
    }

    private static long Pages(ReadOnlySpan<byte> base64, long bytes)
    {
        Span<byte> block = stackalloc byte[BlockChars / 4 * 3];
        var (pages, largestCount) = (0L, 0L);
        for (var start = 0; start < base64.Length; start += BlockChars - OverlapChars)
        {
            var chars = base64.Slice(start, Math.Min(BlockChars, base64.Length - start));
            Base64.DecodeFromUtf8(chars, block, out _, out var length, isFinalBlock: false);
            // What begins in the part that the next block repeats is counted there.
            var own = chars.Length < BlockChars ? length : length - (OverlapChars / 4 * 3);
            Scan(block[..length], own, ref pages, ref largestCount);
        }

        return pages > 0 ? pages : largestCount > 0 ? largestCount : bytes / PageBytes;
    }

    private static void Scan(ReadOnlySpan<byte> block, int own, ref long pages, ref long largestCount)
    {
        for (var at = block.IndexOf((byte)'/'); at >= 0 && at < own; at += 1 + NextName(block[(at + 1)..]))
        {
            var name = block[at..];
            if (name.StartsWith("/Type"u8))
                pages += IsPage(name[5..].TrimStart(" \r\n\t"u8)) ? 1 : 0;
            else if (name.StartsWith("/Count"u8) && Utf8Parser.TryParse(name[6..].TrimStart(" \r\n\t"u8), out int count, out _))
                largestCount = Math.Max(largestCount, count);
        }
    }

    private static int NextName(ReadOnlySpan<byte> rest)
    {
        var next = rest.IndexOf((byte)'/');
        return next < 0 ? rest.Length : next;
    }

    // A leaf of the tree of pages, not "/Pages", which holds others.
    private static bool IsPage(ReadOnlySpan<byte> value) => value.StartsWith("/Page"u8) && (value.Length == 5 || !char.IsAsciiLetter((char)value[5]));
}
