using System.Security.Cryptography;
using System.Text;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Rates.Import;

/// <summary>What an import would do to the table as it stands: shown as a preview, and applied as it was shown or not at all.</summary>
public sealed class ImportPlan
{
    private const int IdBytes = 16;

    /// <param name="rows">In the file's order.</param>
    /// <param name="basis">The table that they were compared with.</param>
    /// <param name="effectiveFrom">As the caller gave it; null = whenever it is applied.</param>
    internal ImportPlan(IReadOnlyList<ImportRow> rows, RateSnapshot basis, DateTimeOffset? effectiveFrom)
    {
        Rows = rows;
        Basis = basis;
        Id = IdOf(rows, basis, effectiveFrom);
    }

    public IReadOnlyList<ImportRow> Rows { get; }

    /// <summary>The table that the rows were compared with, and must be added to.</summary>
    public RateSnapshot Basis { get; }

    /// <summary>Names what is shown: of two plans with one id the same would be done.</summary>
    public string Id { get; }

    /// <summary>The rows to add.</summary>
    public IReadOnlyList<Rate> Added => [.. Rows.Select(row => row.Rate).OfType<Rate>()];

    public IEnumerable<ImportRow> Invalid => Rows.Where(row => row.Change == ImportChange.Invalid);

    /// <summary>Each change to look at twice, as one line: <c>openai/gpt-4o standard.input 2.5 → 0: becomes free</c>.</summary>
    public IEnumerable<string> Warnings =>
        from row in Rows
        where row.Rate is not null
        from price in row.Prices
        where price.Warning is not null
        select $"{row.Rate!.Provider.Name()}/{row.Rate.Model} {price.Name} {price.Text(price.Old) ?? "none"} → {price.Text(price.New) ?? "none"}: {price.Warning}";

    private static string IdOf(IReadOnlyList<ImportRow> rows, RateSnapshot basis, DateTimeOffset? effectiveFrom)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add($"{basis.Card.Version} {basis.Version} {effectiveFrom:O}");
        foreach (var row in rows)
        {
            // Without a time of its own the row begins when it is applied: that instant alone may differ from the preview.
            var rate = row.Rate is { } added && effectiveFrom is null ? added with { EffectiveFrom = DateTimeOffset.UnixEpoch } : row.Rate;
            Add($"{row.Line} {row.Name} {row.Change} {row.Reason} {(rate is null ? "" : Storage.RateDefinition.Json(rate))}");
            foreach (var price in row.Prices)
                Add($"{price.Name} {price.Old} {price.New}");
        }

        return "imp_" + Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, IdBytes));

        void Add(string text)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text));
            hash.AppendData("\n"u8);
        }
    }
}
