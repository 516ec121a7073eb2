using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Tokens;

/// <summary>The definition, slow and plain: the published pattern as a regular expression, then merging the earliest pair again and again.</summary>
internal sealed class ReferenceBpe
{
    private const string Contraction = "(?:'[sS\u017F]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";

    private const string O200k =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+" + Contraction + "?"
        + @"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*" + Contraction + "?"
        + @"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Cl100k = Contraction + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private readonly Regex _pattern;
    private readonly Dictionary<string, int> _ranks;

    public ReferenceBpe(TokenEncoding encoding)
    {
        var isO200k = encoding == TokenEncoding.O200kBase;
        _pattern = new Regex(isO200k ? O200k : Cl100k, RegexOptions.CultureInvariant, Timeout.InfiniteTimeSpan);
        _ranks = ReadRanks(isO200k ? "o200k_base.bpe" : "cl100k_base.bpe");
    }

    /// <summary>.NET's expressions see UTF-16 units, so the text must keep to the basic plane.</summary>
    public IEnumerable<string> Pieces(string text) => _pattern.Matches(text).Select(match => match.Value);

    public int Count(string text) => Pieces(text).Sum(piece => CountPiece(Encoding.UTF8.GetBytes(piece)));

    public int CountPiece(byte[] piece)
    {
        var parts = piece.Select(unit => ((char)unit).ToString()).ToList();
        while (true)
        {
            int best = int.MaxValue, at = -1;
            for (var i = 0; i + 1 < parts.Count; i++)
            {
                if (_ranks.TryGetValue(parts[i] + parts[i + 1], out var rank) && rank < best) (best, at) = (rank, i);
            }

            if (at < 0) return parts.Count;
            parts[at] += parts[at + 1];
            parts.RemoveAt(at + 1);
        }
    }

    /// <summary>Tokens by rank, one Latin-1 character a byte; the layout is told in Vocabularies/pack.mjs.</summary>
    private static Dictionary<string, int> ReadRanks(string name)
    {
        using var stream = typeof(TokenCounter).Assembly.GetManifestResourceStream(name)!;
        var file = new byte[stream.Length];
        stream.ReadExactly(file);
        var tokens = new string[BinaryPrimitives.ReadInt32LittleEndian(file)];
        for (var rank = 0; rank < tokens.Length; rank++)
        {
            var token = BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(16 + (rank * 8)));
            int left = (int)(token & 0x3FFFF), right = (int)((token >> 18) & 0x3FFFF);
            tokens[rank] = rank < 256 ? ((char)right).ToString() : tokens[left] + tokens[right];
        }

        return tokens.Select((token, rank) => (token, rank)).ToDictionary(entry => entry.token, entry => entry.rank);
    }
}
