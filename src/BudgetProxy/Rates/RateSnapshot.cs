using BudgetProxy.Core.Rates;

namespace BudgetProxy.Rates;

/// <summary>The rate table at one instant: the card in force, and its rows with who added them. Immutable, swapped whole.</summary>
public sealed class RateSnapshot
{
    private readonly Dictionary<string, RateRow> _byId;

    /// <param name="shipped">The card that came with the product.</param>
    /// <param name="added">Rows that were added, in order.</param>
    /// <exception cref="ArgumentException">A row's figures are out of range.</exception>
    public RateSnapshot(RateCard shipped, IReadOnlyList<RateRow> added)
    {
        Added = added;
        Version = added.Count == 0 ? 0 : added[^1].Sequence;
        _byId = new Dictionary<string, RateRow>(shipped.Rates.Count + added.Count, StringComparer.Ordinal);
        foreach (var rate in shipped.Rates)
            _byId[rate.Id] = new RateRow(rate);
        // A row that an admin added stays what it was, though a later product ships one of its id.
        foreach (var row in added)
            _byId[row.Rate.Id] = row;
        var own = _byId.Values.Select(row => row.Rate).ToList();
        var following = RelativeRates.Following(own);
        var makers = added.Where(row => row.Rate.ListBasisPoints is not null).ToLookup(row => row.Rate.Tenant, StringComparer.Ordinal);
        foreach (var rate in following)
        {
            var maker = makers[rate.Tenant]
                .Where(row => row.Rate.Model == rate.Model && row.Rate.Provider == rate.Provider && row.Rate.EffectiveFrom < rate.EffectiveFrom)
                .MaxBy(row => row.Rate.EffectiveFrom)!;
            _byId.TryAdd(rate.Id, maker with { Rate = rate, Sequence = 0 });
        }

        Card = shipped.Of([.. own, .. following], added.Count);
        Rows = [.. _byId.Values];
        LastAdded = added.Count == 0 ? null : added.Max(row => row.AddedAt);
    }

    /// <summary>The card that prices calls.</summary>
    public RateCard Card { get; }

    /// <summary>All rows, past and future ones, those of tenants, and those that follow the list price on their own.</summary>
    public IReadOnlyList<RateRow> Rows { get; }

    /// <summary>The last row's sequence; 0 = none was added.</summary>
    public long Version { get; }

    /// <summary>When the last row was added.</summary>
    public DateTimeOffset? LastAdded { get; }

    internal IReadOnlyList<RateRow> Added { get; }

    /// <summary>The row of an id, as ledger entries name it.</summary>
    public RateRow? Find(string id) => _byId.GetValueOrDefault(id);
}
