using BudgetProxy.Core.Budgets;
using BudgetProxy.Ledger;
using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>
/// Sums the ledger for one budget. The database adds up by the values that the budget looks at and by slot; which groups the budget's patterns take is
/// then decided here, by the very code that matches calls.
/// </summary>
internal sealed class BudgetSums
{
    /// <summary>A window of years over very many entries takes its time, and without the sum no call of the tenant could be taken.</summary>
    private const int TimeoutSeconds = 300;

    private readonly Budget _budget;
    private readonly LedgerQuery _query = new();
    private readonly string _sql;

    /// <summary>Which dimension each group column holds.</summary>
    private readonly List<(BudgetDimension Dimension, string? Tag)> _dimensions = [];

    /// <param name="now">Which slots count is decided at this instant.</param>
    /// <param name="upTo">The last place that is summed.</param>
    public BudgetSums(Budget budget, DateTimeOffset now, Place upTo)
    {
        _budget = budget;
        foreach (var condition in budget.Match)
            Need(condition.Dimension, condition.Tag);
        if (budget.Per is { } per)
            Need(per, budget.PerTag);
        var columns = _dimensions.ConvertAll(Column);
        columns.Add(SlotColumn(now));
        _query.And($"tenant = {_query.Parameter(budget.Tenant)}")
            .And($"started_at >= {_query.Parameter(Instants.Whole(budget.Window.At(now).Start))}")
            .And($"started_at >= {_query.Parameter(Instants.Whole(From(budget)))}")
            .And($"(generation, sequence) <= {_query.Parameter(upTo)}");
        if (budget.OnlyPrepaid)
            _query.And(LedgerRows.IsPrepaid("ledger"));
        if (budget.Acts.SingleResets > 0)
            AndSinceResets(budget.Acts);
        _sql = $"SELECT {string.Join(", ", columns)}, {Amount()}, count(*) FROM ledger WHERE {_query.Conditions} "
            + $"GROUP BY {string.Join(", ", Enumerable.Range(1, columns.Count))}";
    }

    public async Task<LedgerSums> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var sums = new LedgerSums();
        await _query.ReadAsync(connection, _sql, row => Add(row, sums), cancellationToken, TimeoutSeconds);
        return sums;
    }

    private static DateTimeOffset From(Budget budget) => budget.Acts.AllFrom > DateTimeOffset.UnixEpoch ? budget.Acts.AllFrom : DateTimeOffset.UnixEpoch;

    /// <summary>Leaves out what single counters forgot.</summary>
    private void AndSinceResets(BudgetActs acts)
    {
        var resets = acts.Resets.Where(reset => reset.Value is not null).ToList();
        string values = _query.Parameter(resets.ConvertAll(reset => reset.Value!).ToArray()),
            instants = _query.Parameter(resets.ConvertAll(reset => Instants.Whole(reset.At)).ToArray());
        var scope = Column((_budget.Per!.Value, _budget.PerTag));
        _query.And(
            $"NOT EXISTS (SELECT 1 FROM unnest({values}::text[], {instants}::timestamptz[]) AS reset (value, at) "
            + $"WHERE reset.value = {scope} AND started_at < reset.at)");
    }

    private void Need(BudgetDimension dimension, string? tag)
    {
        if (!_dimensions.Contains((dimension, tag)))
            _dimensions.Add((dimension, tag));
    }

    private string Column((BudgetDimension Dimension, string? Tag) needed) => needed.Dimension switch
    {
        BudgetDimension.User => "coalesce(\"user\", '')",
        BudgetDimension.Project => "coalesce(project, '')",
        BudgetDimension.Run => "coalesce(run, '')",
        BudgetDimension.Key => "key",
        BudgetDimension.Model => "model",
        BudgetDimension.Provider => "provider",
        BudgetDimension.Tag => $"coalesce(tags ->> {_query.Parameter(needed.Tag)}, '')",
        _ => throw new ArgumentOutOfRangeException(nameof(needed), needed, "Not a dimension."),
    };

    /// <summary>An instant of the entry's slot: all entries of one slot have the same, but for those that started after the present calendar window.</summary>
    private string SlotColumn(DateTimeOffset now)
    {
        var slot = _budget.Window.SlotAt(now);
        if (_budget.Window.Kind == WindowKind.Rolling)
            return $"date_bin({_query.Parameter(slot.Next!.Value - slot.Start)}, started_at, timestamptz 'epoch')";
        var start = $"{_query.Parameter(Instants.Whole(slot.Start))}::timestamptz";
        return slot.Next is { } next ? $"CASE WHEN started_at < {_query.Parameter(Instants.Whole(next))} THEN {start} ELSE started_at END" : start;
    }

    private string Amount() => _budget.LimitKind switch
    {
        LimitKind.Usd => LedgerTotals.Sum("cost"),
        LimitKind.Charged => LedgerTotals.Sum("charged"),
        LimitKind.Requests => "count(*) FILTER (WHERE adjusts IS NULL)",
        LimitKind.Tokens => LedgerTotals.Sum("input", "cached_input", "cache_write_short", "cache_write_long", "output"),
        _ => throw new InvalidOperationException("Not a limit."),
    };

    private bool Add(NpgsqlDataReader row, LedgerSums sums)
    {
        var (caller, provider, model) = Group(row);
        sums.Entries += (int)Math.Min(row.GetInt64(_dimensions.Count + 2), int.MaxValue - sums.Entries);
        if (!BudgetMatcher.Matches(_budget, caller, provider, model))
            return false;
        var slot = _budget.Window.SlotAt(row.GetFieldValue<DateTimeOffset>(_dimensions.Count));
        var scope = BudgetMatcher.ScopeValue(_budget, caller, provider, model);
        sums.Add(scope, slot.Start.ToUnixTimeMilliseconds(), slot.Ends?.ToUnixTimeMilliseconds(), row.GetInt64(_dimensions.Count + 1));
        return true;
    }

    /// <summary>Values that the budget does not look at are left empty.</summary>
    private (Caller Caller, string Provider, string Model) Group(NpgsqlDataReader row)
    {
        var tags = new List<KeyValuePair<string, string>>();
        var caller = new Caller { Tenant = _budget.Tenant, Key = "", Tags = tags };
        string provider = "", model = "";
        for (var i = 0; i < _dimensions.Count; i++)
        {
            var value = row.GetString(i);
            switch (_dimensions[i].Dimension)
            {
                case BudgetDimension.User: caller = caller with { User = value }; break;
                case BudgetDimension.Project: caller = caller with { Project = value }; break;
                case BudgetDimension.Run: caller = caller with { Run = value }; break;
                case BudgetDimension.Key: caller = caller with { Key = value }; break;
                case BudgetDimension.Tag: tags.Add(new(_dimensions[i].Tag!, value)); break;
                case BudgetDimension.Provider: provider = value; break;
                default: model = value; break;
            }
        }

        return (caller, provider, model);
    }
}
