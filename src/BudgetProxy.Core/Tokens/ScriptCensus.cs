using System.Buffers.Text;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// Counts a text's characters by script in one vectorised pass over its bytes. It looks at the first byte of each character alone: invalid UTF-8 gives
/// some count, never an error.
/// </summary>
internal static class ScriptCensus
{
    /// <summary>The mix of the inside of a JSON string, or of raw JSON without its white space and the spaces in its strings, which can't be told apart here.</summary>
    public static ScriptMix Of(ReadOnlySpan<byte> escaped, bool raw)
    {
        var mix = default(ScriptMix);
        for (var next = escaped.IndexOf((byte)'\\'); next >= 0; next = escaped.IndexOf((byte)'\\'))
        {
            mix += OfPlain(escaped[..next], raw);
            var length = OfEscape(escaped[next..], ref mix);
            escaped = escaped[Math.Min(next + length, escaped.Length)..];
        }

        return mix + OfPlain(escaped, raw);
    }

    private static ScriptMix OfPlain(ReadOnlySpan<byte> text, bool raw)
    {
        int letters = 0, blanks = 0, spaces = 0, outside = 0, two = 0, leads = 0, cjk = 0;
        var start = 0;
        for (; start + Vector256<byte>.Count <= text.Length; start += Vector256<byte>.Count)
        {
            var block = Vector256.Create(text.Slice(start, Vector256<byte>.Count));
            letters += Ones(Vector256.LessThan((block | Vector256.Create((byte)0x20)) - Vector256.Create((byte)'a'), Vector256.Create((byte)26)));
            blanks += Ones(Vector256.LessThanOrEqual(block, Vector256.Create((byte)' ')));
            spaces += Ones(Vector256.Equals(block, Vector256.Create((byte)' ')));
            var high = block.ExtractMostSignificantBits();
            if (high == 0)
                continue;
            outside += BitOperations.PopCount(high);
            leads += Ones(Vector256.GreaterThanOrEqual(block, Vector256.Create((byte)0xC0)));
            two += Ones(Vector256.LessThan(block - Vector256.Create((byte)0xC0), Vector256.Create((byte)0x20)));
            cjk += Ones(Vector256.LessThan(block - Vector256.Create((byte)0xE3), Vector256.Create((byte)11)));
        }

        foreach (var one in text[start..])
        {
            letters += (byte)((one | 0x20) - 'a') < 26 ? 1 : 0;
            blanks += one <= ' ' ? 1 : 0;
            spaces += one == ' ' ? 1 : 0;
            outside += one >= 0x80 ? 1 : 0;
            leads += one >= 0xC0 ? 1 : 0;
            two += (byte)(one - 0xC0) < 0x20 ? 1 : 0;
            cjk += (byte)(one - 0xE3) < 11 ? 1 : 0;
        }

        var latin = letters + (raw ? 0 : spaces);
        return new ScriptMix(latin, text.Length - outside - letters - (raw ? blanks : spaces), two, cjk, leads - two - cjk);
    }

    private static int Ones(Vector256<byte> mask) => BitOperations.PopCount(mask.ExtractMostSignificantBits());

    // Adds the character that an escape stands for, and returns how many bytes it takes.
    private static int OfEscape(ReadOnlySpan<byte> escaped, ref ScriptMix mix)
    {
        if (escaped.Length < 6 || escaped[1] != 'u' || !Utf8Parser.TryParse(escaped.Slice(2, 4), out ushort unit, out var used, 'X') || used != 4)
        {
            mix += new ScriptMix(0, 1, 0, 0, 0);
            return 2;
        }

        var character = (char)unit;
        mix += character switch
        {
            // The second half of a pair is no character of its own.
            _ when char.IsLowSurrogate(character) => default,
            _ when char.IsHighSurrogate(character) => new ScriptMix(0, 0, 0, 0, 1),
            ' ' => new ScriptMix(1, 0, 0, 0, 0),
            < '\u0080' => char.IsAsciiLetter(character) ? new ScriptMix(1, 0, 0, 0, 0) : new ScriptMix(0, 1, 0, 0, 0),
            < '\u0800' => new ScriptMix(0, 0, 1, 0, 0),
            >= '\u3000' and < '\ue000' => new ScriptMix(0, 0, 0, 1, 0),
            _ => new ScriptMix(0, 0, 0, 0, 1),
        };
        return 6;
    }
}
