using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Rates.Calculator;

/// <summary>Finds a model by what a person writes: an id or alias, or <c>provider/id</c>. Of several providers with the same id the first in <see cref="Provider"/> counts.</summary>
public static class ModelSearch
{
    private const string AnyModel = "*";

    /// <summary>How many ids a message offers in place of one that is not known.</summary>
    private const int Offered = 3;

    /// <summary>The row in force, or what is wrong with the name, with the nearest ids; exactly one of the two.</summary>
    /// <param name="tenant">Whose own rows come before the general ones; null = nobody's.</param>
    public static (Rate? Rate, string? Problem) Find(RateCard card, string name, DateTimeOffset at, string? tenant = null)
    {
        var (provider, id) = Split(name);
        if (provider is { } known)
            return card.Find(known, id, at, tenant) is { } rate ? (rate, null) : (null, ProblemOf(card, tenant, known, name, id));
        for (var candidate = Provider.OpenAi; candidate <= Provider.Ollama; candidate++)
        {
            // A row for every model of a provider answers to any name: it must be named with its provider.
            if (card.Find(candidate, name, at, tenant) is { Model: not AnyModel } rate)
                return (rate, null);
        }

        return (null, ProblemOf(card, tenant, null, name, name));
    }

    /// <summary>Ids and aliases that are most like a name: those that contain it before others, then by the letters to change.</summary>
    /// <param name="provider">Whose models alone are named, and with its name before them; null = everyone's.</param>
    /// <param name="tenant">Whose own rows may be named too; those of others never are.</param>
    public static IReadOnlyList<string> Nearest(RateCard card, string name, int count, Provider? provider = null, string? tenant = null)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rate in card.Rates)
        {
            if (rate.Tokens is null || rate.Model == AnyModel || IsOfAnother(rate, tenant) || (provider is not null && rate.Provider != provider))
                continue;
            names.Add(rate.Model);
            names.UnionWith(rate.Aliases);
        }

        var nearest = names.OrderBy(candidate => candidate.Contains(name, StringComparison.OrdinalIgnoreCase) ? 0 : 1)
            .ThenBy(candidate => Distance(candidate, name)).ThenBy(candidate => candidate, StringComparer.Ordinal).Take(count);
        return provider is { } known ? [.. nearest.Select(candidate => $"{known.Name()}/{candidate}")] : [.. nearest];
    }

    private static (Provider? Provider, string Id) Split(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && ProviderNames.TryParse(name[..slash], out var provider) ? (provider, name[(slash + 1)..]) : (null, name);
    }

    private static string ProblemOf(RateCard card, string? tenant, Provider? provider, string name, string id)
    {
        DateTimeOffset? first = null;
        foreach (var rate in card.Rates)
        {
            if (IsOfAnother(rate, tenant) || (provider is not null && rate.Provider != provider) || (rate.Model != id && !rate.Aliases.Contains(id)))
                continue;
            if (rate.Tokens is null)
                return $"'{name}' is not billed by tokens, and can't be priced here.";
            first = first is { } earlier && earlier <= rate.EffectiveFrom ? earlier : rate.EffectiveFrom;
        }

        return first is { } day
            ? $"'{name}' has no price at that time: its first row begins {day:yyyy-MM-dd}."
            : $"There is no rate for a model '{name}'. The nearest are: {string.Join(", ", Nearest(card, id, Offered, provider, tenant))}.";
    }

    private static bool IsOfAnother(Rate rate, string? tenant) => rate.Tenant is { } owner && owner != tenant;

    /// <summary>Levenshtein's: letters to put in, take out or change, upper and lower case alike.</summary>
    private static int Distance(string one, string other)
    {
        var row = new int[other.Length + 1];
        for (var j = 0; j < row.Length; j++)
            row[j] = j;
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j < row.Length; j++)
            {
                var same = char.ToLowerInvariant(one[i - 1]) == char.ToLowerInvariant(other[j - 1]);
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1)));
            }
        }

        return row[^1];
    }
}
