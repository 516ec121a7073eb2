using System.Collections.Frozen;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Rates;

/// <summary>The immutable, versioned set of rates in force. A call sees one card from start to end.</summary>
public sealed class RateCard
{
    private const string FineTune = "ft:";
    private const string AnyModel = "*";

    private static readonly Lazy<RateCard> LazyShipped = new(RateCardReader.ReadShipped);

    /// <summary>By provider, then by id or alias: rows in the order in which they are tried.</summary>
    private readonly FrozenDictionary<string, List<Rate>>[] _rows;

    private readonly string _compiled;
    private readonly int _added;

    /// <param name="compiled">Names the set: the day it was compiled.</param>
    /// <param name="rates">Rows in the order they were made: of two that begin at the same instant the later one holds.</param>
    /// <exception cref="ArgumentException">A row's figures are out of range.</exception>
    public RateCard(string compiled, IReadOnlyList<Rate> rates)
        : this(compiled, rates, added: 0)
    {
    }

    private RateCard(string compiled, IReadOnlyList<Rate> rates, int added)
    {
        foreach (var rate in rates)
        {
            if (RateLimits.Problem(rate) is { } problem)
                throw new ArgumentException($"{rate.Id}: {problem}", nameof(rates));
        }

        _compiled = compiled;
        _added = added;
        Rates = rates;
        _rows = Index(rates);
    }

    /// <summary>The card that comes with the product; read at first use.</summary>
    public static RateCard Shipped => LazyShipped.Value;

    /// <summary>The day the rows were compiled, and how many were added since: <c>2026-11-21+2</c>.</summary>
    public string Version => _added == 0 ? _compiled : $"{_compiled}+{_added}";

    /// <summary>All rows, past and future ones and those without token prices included.</summary>
    public IReadOnlyList<Rate> Rates { get; }

    /// <summary>
    /// The row in force at <paramref name="at"/> that prices tokens of a model; null = unpriced. Only an exact id, a listed alias or the
    /// declared fine-tune form matches: point releases have changed price each time, so a parent's price says nothing.
    /// </summary>
    public Rate? Find(Provider provider, string model, DateTimeOffset at) =>
        InForce(provider, model, at) ?? FineTuned(provider, model, at) ?? InForce(provider, AnyModel, at);

    /// <summary>This card with rows added: they follow, or at the same instant replace, the rows of their models.</summary>
    /// <exception cref="ArgumentException">A row's figures are out of range.</exception>
    public RateCard With(IReadOnlyList<Rate> added) => new(_compiled, [.. Rates, .. added], _added + added.Count);

    private static FrozenDictionary<string, List<Rate>>[] Index(IReadOnlyList<Rate> rates)
    {
        var byProvider = new FrozenDictionary<string, List<Rate>>[(int)Provider.Ollama + 1];
        for (var provider = Provider.OpenAi; provider <= Provider.Ollama; provider++)
            byProvider[(int)provider] = Index(rates, provider);
        return byProvider;
    }

    private static FrozenDictionary<string, List<Rate>> Index(IReadOnlyList<Rate> rates, Provider provider)
    {
        var own = new Dictionary<string, List<Rate>>(StringComparer.Ordinal);
        foreach (var rate in rates)
        {
            if (rate.Provider == provider)
                Insert(own, rate);
        }

        // A model's own rows come first: an alias speaks for a name only while no row of that name is in force.
        var names = new Dictionary<string, List<Rate>>(own, StringComparer.Ordinal);
        foreach (var rows in own.Values)
        {
            foreach (var alias in Aliases(rows))
                names[alias] = [.. names.GetValueOrDefault(alias, []), .. rows];
        }

        return names.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Keeps the rows of a model latest first.</summary>
    private static void Insert(Dictionary<string, List<Rate>> models, Rate rate)
    {
        if (!models.TryGetValue(rate.Model, out var rows))
            models.Add(rate.Model, rows = []);
        var place = rows.FindIndex(row => row.EffectiveFrom <= rate.EffectiveFrom);
        rows.Insert(place < 0 ? rows.Count : place, rate);
    }

    private static HashSet<string> Aliases(List<Rate> rows)
    {
        var aliases = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rate in rows)
            aliases.UnionWith(rate.Aliases);
        return aliases;
    }

    private Rate? InForce(Provider provider, string name, DateTimeOffset at)
    {
        if (!_rows[(int)provider].TryGetValue(name, out var rows))
            return null;
        foreach (var rate in rows)
        {
            if (rate.EffectiveFrom <= at)
                return rate.Tokens is null ? null : rate;
        }

        return null;
    }

    private Rate? FineTuned(Provider provider, string model, DateTimeOffset at)
    {
        if (!model.StartsWith(FineTune, StringComparison.Ordinal))
            return null;
        var end = model.IndexOf(':', FineTune.Length);
        return end > 0 && InForce(provider, model[..end], at) is { MatchesFineTunes: true } rate ? rate : null;
    }
}
