using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>
/// Text as PostgreSQL can hold it: no U+0000 and no half of a surrogate pair. A client can put either in a model's name; U+FFFD stands for it then, since
/// one entry that can't be written must never keep those beside it out of the ledger.
/// </summary>
internal static class LedgerTexts
{
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Clean(string? text)
    {
        if (text is null || !(text.Contains('\0', StringComparison.Ordinal) || text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')))
            return text;
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            clean.Append((rune.Value == 0 ? Rune.ReplacementChar : rune).ToString());
        return clean.ToString();
    }

    public static IReadOnlyList<KeyValuePair<string, string>> Clean(IReadOnlyList<KeyValuePair<string, string>> tags)
    {
        foreach (var (name, value) in tags)
        {
            if (!ReferenceEquals(Clean(name), name) || !ReferenceEquals(Clean(value), value))
                return [.. tags.Select(tag => KeyValuePair.Create(Clean(tag.Key), Clean(tag.Value)))];
        }

        return tags;
    }
}
