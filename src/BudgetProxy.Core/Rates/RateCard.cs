using System.Collections.Frozen;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Rates;

/// <summary>The immutable, versioned set of rates in force. A call sees one card from start to end.</summary>
public sealed class RateCard
{
    private const string FineTune = "ft:";
    private const string AnyModel = "*";

    private static readonly Lazy<RateCard> LazyShipped = new(RateCardReader.ReadShipped);

    /// <summary>General rows by provider, then by id or alias: rows in the order in which they are tried.</summary>
    private readonly FrozenDictionary<string, List<Rate>>[] _rows;

    /// <summary>The same of each tenant's own rows.</summary>
    private readonly FrozenDictionary<string, FrozenDictionary<string, List<Rate>>[]> _ofTenants;

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
        _rows = Index([.. rates.Where(rate => rate.Tenant is null)]);
        _ofTenants = rates.Where(rate => rate.Tenant is not null).GroupBy(rate => rate.Tenant!, StringComparer.Ordinal)
            .ToFrozenDictionary(own => own.Key, own => Index([.. own]), StringComparer.Ordinal);
    }

    /// <summary>The card that comes with the product; read at first use.</summary>
    public static RateCard Shipped => LazyShipped.Value;

    /// <summary>Reads a card from JSON in the form of <c>rate-card.json</c>; the README of Rates has its members.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON, or has a member that is not known.</exception>
    /// <exception cref="InvalidOperationException">A member's value is of another type.</exception>
    /// <exception cref="FormatException">A figure is not a whole number, or a date no date.</exception>
    /// <exception cref="ArgumentException">A row's figures are out of range.</exception>
    public static RateCard Read(ReadOnlySpan<byte> utf8) => RateCardReader.Read(utf8);

    /// <summary>The day the rows were compiled, and how many were added since: <c>2026-11-21+2</c>.</summary>
    public string Version => _added == 0 ? _compiled : $"{_compiled}+{_added}";

    /// <summary>The day on which the shipped rows were compiled, <c>2026-11-21</c>.</summary>
    public string Compiled => _compiled;

    /// <summary>All rows, past and future ones and those without token prices included.</summary>
    public IReadOnlyList<Rate> Rates { get; }

    /// <summary>
    /// The row in force at <paramref name="at"/> that prices tokens of a model; null = unpriced. Only an exact id, a listed alias or the
    /// declared fine-tune form matches: point releases have changed price each time, so a parent's price says nothing.
    /// </summary>
    /// <param name="tenant">Whose call it is: its own row comes first, whichever of the model's names the call gives. Null = the list price.</param>
    public Rate? Find(Provider provider, string model, DateTimeOffset at, string? tenant = null)
    {
        var list = _rows[(int)provider];
        var general = InForce(list, model, at) ?? FineTuned(list, model, at) ?? InForce(list, AnyModel, at);
        if (tenant is null || !_ofTenants.TryGetValue(tenant, out var rows))
            return general;
        var own = rows[(int)provider];
        return InForce(own, model, at) ?? FineTuned(own, model, at) ?? InForce(own, general?.Model ?? AnyModel, at) ?? general;
    }

    /// <summary>The row that bills a call: that of the model which served it, where the card knows that one, else of the model that was asked for.</summary>
    /// <param name="asked">The row of the model that was asked for.</param>
    /// <param name="served">As the answer names it; null = it named none.</param>
    public Rate Billing(Rate asked, string? served, DateTimeOffset at, string? tenant) =>
        served is null || served == asked.Model || Means(asked, served) ? asked : Find(asked.Provider, served, at, tenant) ?? asked;

    /// <summary>A row to begin with for a model that has none: nothing is known of it, and its fees are the dearest that the provider's rows name.</summary>
    public Rate Blank(Provider provider, string model, DateTimeOffset at)
    {
        var blank = new Rate { Provider = provider, Model = model, EffectiveFrom = at, Profile = ModelProfile.Unknown };
        foreach (var rate in Rates)
        {
            if (rate.Provider != provider || rate.Tenant is not null)
                continue;
            blank = blank with
            {
                ToolCall = Math.Max(blank.ToolCall, rate.ToolCall),
                FileSearch = Math.Max(blank.FileSearch, rate.FileSearch),
                CodeSession = Math.Max(blank.CodeSession, rate.CodeSession),
            };
        }

        return blank;
    }

    /// <summary>True where the row says of itself that it is this very model's too, whatever other row there is.</summary>
    private static bool Means(Rate rate, string model)
    {
        for (var i = 0; i < rate.Aliases.Count; i++)
        {
            if (rate.Aliases[i] == model)
                return true;
        }

        return false;
    }

    /// <summary>This card with rows added: they follow, or at the same instant replace, the rows of their models.</summary>
    /// <exception cref="ArgumentException">A row's figures are out of range.</exception>
    public RateCard With(IReadOnlyList<Rate> added) => Of([.. Rates, .. added], _added + added.Count);

    /// <summary>A card of this one's day of compilation.</summary>
    /// <param name="added">How many of the rows were not compiled: the version names it.</param>
    /// <exception cref="ArgumentException">A row's figures are out of range.</exception>
    public RateCard Of(IReadOnlyList<Rate> rates, int added) => new(_compiled, rates, added);

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

    private static Rate? InForce(FrozenDictionary<string, List<Rate>> names, string name, DateTimeOffset at)
    {
        if (!names.TryGetValue(name, out var rows))
            return null;
        foreach (var rate in rows)
        {
            if (rate.EffectiveFrom <= at)
                return rate.Tokens is null ? null : rate;
        }

        return null;
    }

    private static Rate? FineTuned(FrozenDictionary<string, List<Rate>> names, string model, DateTimeOffset at)
    {
        if (!model.StartsWith(FineTune, StringComparison.Ordinal))
            return null;
        var end = model.IndexOf(':', FineTune.Length);
        return end > 0 && InForce(names, model[..end], at) is { MatchesFineTunes: true } rate ? rate : null;
    }
}
