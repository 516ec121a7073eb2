using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// What text outside ASCII may cost above a stand-in's count times its safety factor, which was measured on English and code. It is a sum over
/// characters, so padding with cheap text can't dilute it.
/// </summary>
internal static class ScriptAllowance
{
    // Hundredths of a token a character. Chinese and Japanese reach 1.6 where English has 1.35, and 2.1 where it has 1.8, at up to one
    // token a character (measured ratios: ai-tokenizer 1.0.6 and Anthropic's window tooltips, 2026). No figure is published for the others:
    // two-byte scripts get a third of a token, everything else (Indic, Thai, symbols, emoji) a token for each UTF-8 byte, the limit of any byte-level BPE.
    private const int TwoByteScript = 33;
    private const int Cjk = 35;
    private const int ThreeBytes = 300;
    private const int FourBytes = 400;

    // A tokenizer that first applies Unicode compatibility normalisation turns these into up to 18 characters (U+FDFA), or 6 (U+3300 squares).
    private const int Ligature = 3_300;
    private const int Square = 1_800;

    private static readonly SearchValues<byte> Interesting = SearchValues.Create([(byte)'\\', .. Enumerable.Range(0x80, 0x80).Select(b => (byte)b)]);

    /// <summary>The allowance for the inside of a JSON string or for raw JSON, in hundredths of a token.</summary>
    public static long Hundredths(ReadOnlySpan<byte> escaped)
    {
        var sum = 0L;
        for (var next = escaped.IndexOfAny(Interesting); next >= 0; next = escaped.IndexOfAny(Interesting))
        {
            escaped = escaped[next..];
            var (hundredths, length) = escaped[0] == '\\' ? OfEscape(escaped) : OfRune(escaped);
            sum += hundredths;
            escaped = escaped[Math.Min(length, escaped.Length)..];
        }

        return sum;
    }

    private static (int Hundredths, int Length) OfEscape(ReadOnlySpan<byte> escaped)
    {
        if (escaped.Length < 6 || escaped[1] != 'u' || !Utf8Parser.TryParse(escaped.Slice(2, 4), out ushort unit, out _, 'X'))
            return (0, 2);
        // Each half of a surrogate pair pays for half of it, a lone one for U+FFFD.
        return (char.IsSurrogate((char)unit) ? ThreeBytes : OfCodePoint(unit), 6);
    }

    private static (int Hundredths, int Length) OfRune(ReadOnlySpan<byte> escaped)
    {
        Rune.DecodeFromUtf8(escaped, out var rune, out var length);
        return (OfCodePoint(rune.Value), length);
    }

    private static int OfCodePoint(int value) => value switch
    {
        < 0x80 => 0,
        < 0x800 => TwoByteScript,
        >= 0x3300 and < 0x3400 => Square,
        >= 0x3000 and < 0xA000 or >= 0xAC00 and < 0xD7B0 or >= 0xFF00 and < 0xFFF0 => Cjk,
        >= 0xFB50 and < 0xFE00 => Ligature,
        >= 0x20000 and < 0x40000 => FourBytes,
        < 0x10000 => ThreeBytes,
        _ => FourBytes,
    };
}
