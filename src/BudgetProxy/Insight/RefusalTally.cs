namespace BudgetProxy.Insight;

/// <summary>
/// Counts refusals in memory until <see cref="RefusalKeeper"/> writes them down. A count takes a look-up under a lock and nothing else, so a flood slows no
/// call; what is counted apart is bounded (<see cref="RefusalLimits"/>), so it grows nothing either. Safe for any number of callers.
/// </summary>
public sealed class RefusalTally(TimeProvider clock)
{
    /// <summary>Whole seconds that <see cref="OfLate"/> looks back over.</summary>
    public const int Seconds = 10;

    private const int MostTenantsInSecond = 1_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<RefusalReason, Cell> _cells = [];
    private readonly Dictionary<string, int> _ofTenant = new(StringComparer.Ordinal);
    private readonly (long Second, Dictionary<string, long> Counts)[] _late =
        [.. Enumerable.Range(0, Seconds + 1).Select(_ => (-1L, new Dictionary<string, long>(StringComparer.Ordinal)))];

    private List<RefusalCount> _waiting = [];
    private long _hour = -1;

    /// <summary>A call was refused before it reached a provider.</summary>
    /// <param name="tenant">Null = the call named none.</param>
    /// <param name="budget">Null = no budget refused.</param>
    /// <param name="model">Null = the call had come to none. What the client wrote: it is cut.</param>
    public void Count(string? tenant, string code, string? budget, string? model)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        // Whom nobody knows is only a number.
        var reason = tenant is null
            ? new RefusalReason("", code, "", "")
            : new RefusalReason(tenant, code, budget ?? "", Cut(model ?? ""));
        lock (_gate)
        {
            Begin(now / 3_600_000);
            var cell = CellOf(reason);
            cell.Count++;
            cell.Last = Math.Max(cell.Last, now);
            var counts = LateOf(now / 1000);
            var name = counts.Count < MostTenantsInSecond || counts.ContainsKey(reason.Tenant) ? reason.Tenant : "";
            counts[name] = counts.GetValueOrDefault(name) + 1;
        }
    }

    /// <summary>Takes what was counted since the last time.</summary>
    public IReadOnlyList<RefusalCount> Take()
    {
        lock (_gate)
        {
            CollectAll();
            var taken = _waiting;
            _waiting = [];
            return taken;
        }
    }

    /// <summary>It could not be written: it is given again with what comes. Past a bound, reasons of before are counted by their code alone.</summary>
    public void GiveBack(IReadOnlyList<RefusalCount> counts)
    {
        lock (_gate)
        {
            _waiting.AddRange(counts);
            if (_waiting.Count > RefusalLimits.MostInHour)
                _waiting = Fold(_waiting, count => count);
            if (_waiting.Count > RefusalLimits.MostInHour)
                _waiting = Fold(_waiting, count => count with { Tenant = "", Budget = "", Model = "" });
        }
    }

    /// <summary>Refusals of the last ten whole seconds by tenant; an empty name = no tenant's, and those of tenants that were not counted apart.</summary>
    public Dictionary<string, long> OfLate()
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000;
        var sums = new Dictionary<string, long>(StringComparer.Ordinal);
        lock (_gate)
        {
            foreach (var (second, counts) in _late)
            {
                if (second < now - Seconds || second >= now)
                    continue;
                foreach (var (tenant, count) in counts)
                    sums[tenant] = sums.GetValueOrDefault(tenant) + count;
            }
        }

        return sums;
    }

    private static List<RefusalCount> Fold(List<RefusalCount> counts, Func<RefusalCount, RefusalCount> coarser) =>
    [
        .. counts.Select(coarser)
            .GroupBy(count => (count.Hour, count.Tenant, count.Code, count.Budget, count.Model))
            .Select(same => same.First() with { Count = same.Sum(count => count.Count), LastAt = same.Max(count => count.LastAt) }),
    ];

    private static string Cut(string model)
    {
        if (model.Length <= RefusalLimits.MostModelChars)
            return model;
        // Not between the halves of a pair.
        var end = RefusalLimits.MostModelChars;
        return char.IsHighSurrogate(model[end - 1]) ? model[..(end - 1)] : model[..end];
    }

    private void Begin(long hour)
    {
        if (hour == _hour)
            return;
        CollectAll();
        _hour = hour;
        _cells.Clear();
        _ofTenant.Clear();
    }

    private void CollectAll()
    {
        foreach (var (reason, cell) in _cells)
        {
            if (cell.Count == 0)
                continue;
            _waiting.Add(new RefusalCount(
                DateTimeOffset.UnixEpoch.AddHours(_hour), reason.Tenant, reason.Code, reason.Budget, reason.Model, cell.Count,
                DateTimeOffset.FromUnixTimeMilliseconds(cell.Last)));
            cell.Count = 0;
        }
    }

    private Cell CellOf(RefusalReason reason)
    {
        if (_cells.TryGetValue(reason, out var cell))
            return cell;
        var own = _ofTenant.GetValueOrDefault(reason.Tenant);
        if (own >= RefusalLimits.MostOfTenant && reason.Model.Length > 0)
            return CellOf(reason with { Model = "" });
        // The names of budgets and codes are ours, so one tenant can have only so many; that there are very many tenants is bounded here.
        if (_cells.Count >= RefusalLimits.MostInHour && reason.Tenant.Length > 0)
            return CellOf(new RefusalReason("", reason.Code, "", ""));
        _ofTenant[reason.Tenant] = own + 1;
        return _cells[reason] = new Cell();
    }

    private Dictionary<string, long> LateOf(long second)
    {
        ref var slot = ref _late[second % _late.Length];
        if (slot.Second != second)
        {
            slot.Counts.Clear();
            slot.Second = second;
        }

        return slot.Counts;
    }

    private sealed class Cell
    {
        public long Count { get; set; }

        public long Last { get; set; }
    }
}
