using System.Security.Cryptography;
using System.Text;

namespace BudgetProxy.Core.Budgets;

/// <summary>The top-ups and resets of one budget. Immutable, and made for lookups: a call asks for each of its budgets.</summary>
public sealed class BudgetActs
{
    public static readonly BudgetActs None = new([], null);

    private readonly TopUpSums? _toAll;
    private readonly Dictionary<string, TopUpSums>? _toOne;
    private readonly BudgetAct? _allFrom;
    private readonly Dictionary<string, BudgetAct>? _oneFrom;

    private BudgetActs(IReadOnlyList<BudgetAct> all, string? per)
    {
        // One order, whoever read them.
        All = all = [.. all.OrderBy(act => act.At).ThenBy(act => act.Id, StringComparer.Ordinal)];
        var apply = all.Where(act => act.Value is null || act.Per == per).ToList();
        var topUps = apply.Where(act => act.TopUp is not null).ToLookup(act => act.Value is null);
        _toAll = topUps.Contains(true) ? new TopUpSums(topUps[true]) : null;
        _toOne = topUps.Contains(false)
            ? topUps[false].GroupBy(act => act.Value!, StringComparer.Ordinal).ToDictionary(one => one.Key, one => new TopUpSums(one), StringComparer.Ordinal)
            : null;
        _allFrom = apply.Where(act => act is { TopUp: null, Value: null }).MaxBy(act => act.At);
        var ones = apply.Where(act => act is { TopUp: null, Value: not null } && (_allFrom is null || act.At > _allFrom.At))
            .GroupBy(act => act.Value!, StringComparer.Ordinal)
            .ToDictionary(one => one.Key, one => one.MaxBy(act => act.At)!, StringComparer.Ordinal);
        _oneFrom = ones.Count > 0 ? ones : null;
        Shape = ShapeOf();
    }

    /// <summary>In the order they were done.</summary>
    public IReadOnlyList<BudgetAct> All { get; }

    /// <summary>The resets that decide what counts: that of all counters, then of single ones since; at most one each.</summary>
    public IEnumerable<BudgetAct> Resets => (_allFrom is null ? [] : new[] { _allFrom }).Concat(_oneFrom?.Values ?? Enumerable.Empty<BudgetAct>());

    /// <summary>Single counters that were reset after the last reset of all.</summary>
    public int SingleResets => _oneFrom?.Count ?? 0;

    /// <summary>From here on calls count in every counter; the earliest instant there is where the budget was never reset as a whole.</summary>
    public DateTimeOffset AllFrom => _allFrom?.At ?? DateTimeOffset.MinValue;

    /// <summary>The last reset of any counter; the earliest instant there is where there was none.</summary>
    public DateTimeOffset LastReset
    {
        get
        {
            var last = AllFrom;
            foreach (var reset in Resets)
                last = reset.At > last ? reset.At : last;
            return last;
        }
    }

    /// <summary>The part of <see cref="Budget.Shape"/> that resets make: empty without any.</summary>
    internal string Shape { get; }

    /// <summary>Values whose top-ups are for them alone.</summary>
    public IReadOnlyCollection<string> ToppedUpValues => (IReadOnlyCollection<string>?)_toOne?.Keys ?? [];

    /// <param name="acts">Of one budget; an act for one value applies only where the budget is counted by what it was counted by then.</param>
    /// <param name="per">What the budget is counted by, as <see cref="DimensionNames"/> spells it; null = it has one counter.</param>
    public static BudgetActs Of(IReadOnlyList<BudgetAct> acts, string? per) => acts.Count == 0 ? None : new BudgetActs(acts, per);

    /// <summary>Whether a call counts in a counter, as far as resets go: it started at the last of them or later.</summary>
    public bool Counts(string scope, DateTimeOffset startedAt) =>
        (_allFrom is null || startedAt >= _allFrom.At) && (_oneFrom is null || !_oneFrom.TryGetValue(scope, out var reset) || startedAt >= reset.At);

    /// <summary>What was added to the limit of one counter in a window's slot, nano-dollars.</summary>
    /// <param name="scope">Null = what every counter has.</param>
    public long ToppedUp(string? scope, BudgetWindow window, in WindowSlot slot)
    {
        if (_toAll is null && _toOne is null)
            return 0;
        var (from, to) = window.TopUpsOf(slot);
        var sum = _toAll?.Between(from, to) ?? 0;
        return scope is not null && _toOne is not null && _toOne.TryGetValue(scope, out var one) ? sum + one.Between(from, to) : sum;
    }

    private string ShapeOf()
    {
        var shape = _allFrom is null ? "" : $" from={_allFrom.At.ToUnixTimeMilliseconds()}";
        if (_oneFrom is null)
            return shape;
        // Very many values may be reset, and a shape is a name.
        var values = string.Join('\n', _oneFrom.Values.OrderBy(act => act.Value, StringComparer.Ordinal)
            .Select(act => $"{Uri.EscapeDataString(act.Value!)}={act.At.ToUnixTimeMilliseconds()}"));
        return $"{shape} each={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(values)).AsSpan(0, 12))}";
    }
}
