using System.Text;
using System.Text.RegularExpressions;

namespace BudgetProxy.Benchmarks.Counting;

/// <summary>What one would write first: the published pattern as a compiled regular expression, a dictionary of ranks, and repeated merging of the earliest pair.</summary>
internal sealed class DictionaryBpe(string[] tokens)
{
    private const string Contraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";

    private static readonly Regex Pattern = new(
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+" + Contraction
        + @"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*" + Contraction
        + @"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        RegexOptions.Compiled | RegexOptions.CultureInvariant,
        Timeout.InfiniteTimeSpan);

    private readonly Dictionary<string, int> _ranks = tokens.Select((token, rank) => (token, rank)).ToDictionary(pair => pair.token, pair => pair.rank);

    public int Count(byte[] utf8)
    {
        var count = 0;
        for (var match = Pattern.Match(Encoding.UTF8.GetString(utf8)); match.Success; match = match.NextMatch())
        {
            var piece = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(match.Value));
            count += _ranks.ContainsKey(piece) ? 1 : CountMerged(piece);
        }

        return count;
    }

    private int CountMerged(string piece)
    {
        var parts = piece.Select(unit => unit.ToString()).ToList();
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
}
