using System.Buffers.Binary;
using System.Text;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Benchmarks.Counting;

/// <summary>The bytes of every o200k_base token by rank, one Latin-1 character a byte, read from the embedded vocabulary (its layout: Vocabularies/pack.mjs).</summary>
internal static class TokenList
{
    public static string[] Load()
    {
        using var stream = typeof(TokenCounter).Assembly.GetManifestResourceStream("o200k_base.bpe")!;
        var file = new byte[stream.Length];
        stream.ReadExactly(file);
        var tokens = new string[BinaryPrimitives.ReadInt32LittleEndian(file)];
        for (var token = 0; token < tokens.Length; token++)
        {
            if (token < 256)
            {
                tokens[token] = ((char)file[4 + token]).ToString();
                continue;
            }

            var pair = file.AsSpan(260 + ((token - 256) * 6), 6);
            tokens[token] = tokens[ReadId(pair)] + tokens[ReadId(pair[3..])];
        }

        return tokens;
    }

    /// <summary>A token as text, with U+FFFD for a part of a character.</summary>
    public static string Text(string token) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(token));

    private static int ReadId(ReadOnlySpan<byte> at) => at[0] | (at[1] << 8) | (at[2] << 16);
}
