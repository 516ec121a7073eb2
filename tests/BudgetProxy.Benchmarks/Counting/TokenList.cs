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
            var record = BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(16 + (token * 8)));
            int left = (int)(record & 0x3FFFF), right = (int)((record >> 18) & 0x3FFFF);
            tokens[token] = token < 256 ? ((char)right).ToString() : tokens[left] + tokens[right];
        }

        return tokens;
    }

    /// <summary>A token as text, with U+FFFD for a part of a character.</summary>
    public static string Text(string token) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(token));
}
