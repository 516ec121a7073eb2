using System.Globalization;
using BudgetProxy.Ledger;

namespace BudgetProxy.Admin;

/// <summary>
/// Reads the query string and collects what is wrong with it. A parameter that nobody asked for is refused: a misspelt <c>tenant</c> must not
/// silently mean all tenants.
/// </summary>
internal sealed class QueryReader(IQueryCollection query)
{
    public const int MaxLimit = 1000;

    public const int DefaultLimit = 100;

    private readonly List<string> _known = [];

    public FieldErrors Errors { get; } = new();

    public string? Text(string name)
    {
        _known.Add(name);
        var values = query[name];
        if (values.Count > 1)
            Errors.Add(name, "Must be given once.");
        return values.Count == 1 && values[0] is { Length: > 0 } text ? text : null;
    }

    public DateTimeOffset? Instant(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (InstantText.TryParseOrDate(text, out var at))
            return at;
        Errors.Add(name, "Must be an RFC 3339 instant or a date in UTC, such as 2026-12-31T23:59:59Z or 2026-12-31.");
        return null;
    }

    /// <summary>One of the names given; the first where the parameter is left out.</summary>
    public string OneOf(string name, params ReadOnlySpan<string> names)
    {
        if (Text(name) is not { } text)
            return names[0];
        if (!names.Contains(text))
            Errors.Add(name, $"Must be one of: {string.Join(", ", names)}.");
        return text;
    }

    /// <summary>A whole number of a range; <paramref name="otherwise"/> where it is left out.</summary>
    public int Whole(string name, int otherwise, int least, int most)
    {
        if (Text(name) is not { } text)
            return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        Errors.Add(name, $"Must be a whole number from {least} to {most}.");
        return otherwise;
    }

    public bool Flag(string name) => OneOf(name, "false", "true") == "true";

    public UsageGroups Groups(string name)
    {
        var groups = UsageGroups.None;
        foreach (var part in (Text(name) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Names.TryParse<UsageGroups>(part, out var group) && group is not (UsageGroups.None or UsageGroups.Provider or UsageGroups.Hour))
                groups |= group;
            else
                Errors.Add(name, $"'{part}' can't be grouped by. The groups are: tenant, user, project, key, model, day.");
        }

        return groups;
    }

    public LedgerFilter LedgerFilter()
    {
        var filter = new LedgerFilter(Text("tenant"), Text("user"), Text("project"), Text("model"), Instant("from"), Instant("to"));
        if (filter.From >= filter.To)
            Errors.Add("to", "Must be later than 'from'; it is exclusive.");
        return filter;
    }

    /// <summary>The page of <paramref name="ordered"/> that <c>limit</c> and <c>after</c> ask for, or null when the query is at fault.</summary>
    /// <param name="id">What the items are ordered by, ordinally, and <c>after</c> names.</param>
    public ListPage<TDocument>? Page<T, TDocument>(IEnumerable<T> ordered, Func<T, string> id, Func<T, TDocument> document)
    {
        var limit = Whole("limit", DefaultLimit, 1, MaxLimit);
        var after = Text("after");
        RefuseUnknown();
        if (Errors.Any)
            return null;
        var items = ordered.SkipWhile(item => after is not null && string.CompareOrdinal(id(item), after) <= 0).Take(limit + 1).ToList();
        var more = items.Count > limit;
        if (more)
            items.RemoveAt(limit);
        return new ListPage<TDocument>(items.ConvertAll(item => document(item)), more ? id(items[^1]) : null);
    }

    /// <summary>Call after the last parameter is read.</summary>
    public void RefuseUnknown()
    {
        foreach (var name in query.Keys.Except(_known, StringComparer.OrdinalIgnoreCase))
            Errors.Add(name, $"There is no such parameter here. The parameters are: {string.Join(", ", _known)}.");
    }
}
