using System.Security.Cryptography;
using System.Text;

namespace BudgetProxy.Rates;

/// <summary>What re-rating would change, or has changed.</summary>
public sealed class RerateReport : IDisposable
{
    /// <summary>Groups that are told apart; entries of further ones are counted together.</summary>
    private const int MostGroups = 10_000;

    private const string Others = "(others)";
    private const int IdBytes = 16;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    internal RerateReport(RerateScope scope, RateSnapshot table)
    {
        Scope = scope;
        Hash($"{scope.From:O} {scope.To:O} {scope.Tenant} {scope.Provider} {scope.Model} {table.Card.Version} {table.Version}");
    }

    public RerateScope Scope { get; }

    /// <summary>Names what is shown: of two reports with one id the same entries would be written. Set once all entries are looked at.</summary>
    public string Id { get; private set; } = "";

    public RerateSums Total { get; } = new();

    public SortedDictionary<string, RerateSums> ByTenant { get; } = new(StringComparer.Ordinal);

    /// <summary>By provider and model: <c>openai/gpt-4o</c>.</summary>
    public SortedDictionary<string, RerateSums> ByModel { get; } = new(StringComparer.Ordinal);

    /// <summary>Entries left out because it is not known well enough what they were priced at.</summary>
    public long PriceUnknown { get; private set; }

    /// <summary>Entries left out because the markup was not kept.</summary>
    public long MarkupUnknown { get; private set; }

    public void Dispose() => _hash.Dispose();

    internal void Add(Ledger.LedgerEntry first, EntryRepricing repricing, RerateVerdict verdict)
    {
        Total.Add(repricing);
        Group(ByTenant, first.Tenant).Add(repricing);
        Group(ByModel, $"{first.Provider}/{first.Model}").Add(repricing);
        switch (verdict)
        {
            case RerateVerdict.PriceUnknown:
                PriceUnknown++;
                break;
            case RerateVerdict.MarkupUnknown:
                MarkupUnknown++;
                break;
            case RerateVerdict.Changed:
                var correction = repricing.Correction!;
                Hash($"{correction.Id:N} {correction.Cost.Value} {correction.Charged.Value}");
                break;
        }
    }

    internal RerateReport End()
    {
        Id = "rr_" + Convert.ToHexStringLower(_hash.GetHashAndReset().AsSpan(0, IdBytes));
        return this;
    }

    private static RerateSums Group(SortedDictionary<string, RerateSums> groups, string name)
    {
        if (groups.TryGetValue(name, out var sums))
            return sums;
        if (groups.Count >= MostGroups)
            name = Others;
        if (!groups.TryGetValue(name, out sums))
            groups.Add(name, sums = new RerateSums());
        return sums;
    }

    private void Hash(string text)
    {
        _hash.AppendData(Encoding.UTF8.GetBytes(text));
        _hash.AppendData("\n"u8);
    }
}
