using System.Runtime.CompilerServices;
using BudgetProxy.Billing;
using BudgetProxy.Core.Money;
using BudgetProxy.Reservations;

namespace BudgetProxy.Embedded;

/// <summary>What was used by the hour, and cut of it, in the embedded database. A cut is on disk when it returns.</summary>
public sealed class SqliteAccrualStore(EmbeddedDatabase database) : IAccrualStore
{
    /// <summary>Entries that are read at once.</summary>
    private const int PageSize = 2_000;

    private const string Tokens = "input + cached_input + cache_write_short + cache_write_long + output";
    private const string HourColumns = $"tenant, at, requests, {Tokens}, cost, charged";
    private const string Allowances = "SELECT tenant, month, kind, amount FROM billing_months";
    private const string HasCorrections =
        "EXISTS (SELECT 1 FROM ledger c WHERE c.tenant = h.tenant AND c.adjusts IS NOT NULL AND c.settled_at >= h.at AND c.settled_at < h.at + 3600000)";

    private readonly CutSession _session = new(database);
    private volatile bool _isLast;

    public ValueTask<CutReading> ReadAsync((string Tenant, DateTimeOffset Hour)? after, int most, CancellationToken cancellationToken) => Run(
        session =>
        {
            session.Execute("BEGIN");
            var hours = ReadHours(session.Prepare(
                $"SELECT {HourColumns}, {HasCorrections} FROM usage_tenant_hours h WHERE unbilled AND NOT prepaid AND (tenant, at) > (?, ?) ORDER BY tenant, at LIMIT ?")
                .Bind(after?.Tenant ?? "").Bind(after?.Hour.ToUnixTimeMilliseconds() ?? long.MinValue).Bind(most));
            _isLast = hours.Count < most;
            var tenants = hours.Select(hour => hour.Tenant).Distinct(StringComparer.Ordinal).ToList();
            return new CutReading(
                hours, Bases(session, tenants), Booked(session, hours.Select(hour => (hour.Tenant, hour.Hour))),
                AllowancesOf(session, tenants));
        },
        cancellationToken,
        reading => reading.Hours.Count > 0);

    public async ValueTask TouchMonthAsync(string tenant, DateTimeOffset month, CancellationToken cancellationToken) => await Run(
        session =>
        {
            Touch(session, tenant, month);
            return true;
        },
        cancellationToken);

    public async ValueTask RaiseAsync(IReadOnlyList<MonthAllowance> allowances, BillingLease lease, CancellationToken cancellationToken) => await Fenced(
        lease,
        session =>
        {
            var cut = session.Prepare("INSERT INTO billing_tenants (tenant, cuts) VALUES (?, 1) ON CONFLICT (tenant) DO UPDATE SET cuts = cuts + 1");
            var raise = session.Prepare(
                """
                INSERT INTO billing_months (tenant, month, kind, amount) VALUES (?, ?, ?, ?)
                ON CONFLICT (tenant, month, kind) DO UPDATE SET amount = excluded.amount WHERE amount < excluded.amount
                """);
            foreach (var one in allowances)
            {
                cut.Bind(one.Tenant).Run();
                raise.Bind(one.Tenant).Bind(one.Month.ToUnixTimeMilliseconds()).Bind(BillingNames.Of(one.Kind)).Bind(one.Amount).Run();
                if (session.Changes > 0)
                    Touch(session, one.Tenant, one.Month);
            }

            return true;
        },
        cancellationToken);

    public ValueTask<int> PassOverAsync(DateTimeOffset before, int most, BillingLease lease, CancellationToken cancellationToken) => Fenced(
        lease,
        session =>
        {
            session.Prepare(
                """
                UPDATE usage_tenant_hours SET unbilled = 0
                WHERE NOT prepaid AND (tenant, at) IN (SELECT tenant, at FROM usage_tenant_hours WHERE unbilled AND NOT prepaid AND at < ? LIMIT ?)
                """).Bind(before.ToUnixTimeMilliseconds()).Bind(most).Run();
            return session.Changes;
        },
        cancellationToken);

    public ValueTask<IReadOnlyList<Accrual>> MonthAsync(string tenant, DateTimeOffset month, CancellationToken cancellationToken) => Run<IReadOnlyList<Accrual>>(
        session => ReadHours(session.Prepare($"SELECT {HourColumns}, 0 FROM usage_tenant_hours WHERE tenant = ? AND at >= ? AND at < ? AND NOT prepaid ORDER BY at")
            .Bind(tenant).Bind(month.ToUnixTimeMilliseconds()).Bind(month.AddMonths(1).ToUnixTimeMilliseconds())),
        cancellationToken);

    public ValueTask<IReadOnlyList<HourBooked>> BookedAsync(IReadOnlyList<(string Tenant, DateTimeOffset Hour)> hours, CancellationToken cancellationToken) =>
        Run<IReadOnlyList<HourBooked>>(
            session =>
            {
                session.Execute("BEGIN");
                return Booked(session, hours);
            },
            cancellationToken);

    public ValueTask<IReadOnlyList<MonthAllowance>> AllowancesAsync(DateTimeOffset month, CancellationToken cancellationToken) => Run<IReadOnlyList<MonthAllowance>>(
        session => ReadAllowances(session.Prepare($"{Allowances} WHERE month = ? ORDER BY tenant, kind").Bind(month.ToUnixTimeMilliseconds())), cancellationToken);

    public ValueTask<IReadOnlyList<MonthAllowance>> AllowancesOfAsync(string tenant, CancellationToken cancellationToken) =>
        Run<IReadOnlyList<MonthAllowance>>(session => AllowancesOf(session, [tenant]), cancellationToken);

    public async IAsyncEnumerable<PlacedAmounts> FirstEntriesAsync(
        string tenant, DateTimeOffset hour, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var from = hour.ToUnixTimeMilliseconds();
        var (at, sequence) = (from, long.MinValue);
        while (true)
        {
            var page = await Run(
                session => ReadEntries(session.Prepare(
                    $"""
                    SELECT settled_at, seq, settled_at, {Tokens}, cost, charged FROM ledger
                    WHERE tenant = ? AND settled_at >= ? AND settled_at < ? AND (settled_at, seq) > (?, ?) AND adjusts IS NULL AND NOT prepaid ORDER BY settled_at, seq LIMIT ?
                    """).Bind(tenant).Bind(at).Bind(from + BillingTimes.HourMilliseconds).Bind(at).Bind(sequence).Bind(PageSize)),
                cancellationToken);
            foreach (var entry in page)
                yield return entry;
            if (page.Count < PageSize)
                yield break;
            (at, sequence) = (page[^1].Place.At, page[^1].Place.Sequence);
        }
    }

    public async IAsyncEnumerable<PlacedAmounts> CorrectionsAsync(
        string tenant, DateTimeOffset from, DateTimeOffset to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (at, sequence) = (from.ToUnixTimeMilliseconds(), long.MinValue);
        while (true)
        {
            var page = await Run(
                session =>
                {
                    // Which page it is goes by the correction's own place, which is not the one it is told by.
                    var rows = session.Prepare(
                        $"""
                        SELECT f.settled_at, f.seq, c.settled_at, {Of("c")}, c.cost, c.charged, c.seq FROM ledger c JOIN ledger f ON f.id = c.adjusts
                        WHERE c.tenant = ? AND c.adjusts IS NOT NULL AND c.settled_at >= ? AND c.settled_at < ? AND NOT c.prepaid AND (c.settled_at, c.seq) > (?, ?)
                        ORDER BY c.settled_at, c.seq LIMIT ?
                        """).Bind(tenant).Bind(at).Bind(to.ToUnixTimeMilliseconds()).Bind(at).Bind(sequence).Bind(PageSize);
                    var entries = new List<PlacedAmounts>();
                    while (rows.Read())
                    {
                        entries.Add(ReadEntry(rows));
                        (at, sequence) = (rows.Int64(2), rows.Int64(6));
                    }

                    return entries;
                },
                cancellationToken);
            foreach (var entry in page)
                yield return entry;
            if (page.Count < PageSize)
                yield break;
        }
    }

    public ValueTask<IReadOnlySet<string>> CutAsync(IReadOnlyList<TenantCut> cuts, BillingLease lease, CancellationToken cancellationToken) =>
        Run(
            session =>
            {
                var done = new CutTransactions(session, lease).Write(cuts);
                database.FlushLog();
                return done;
            },
            cancellationToken,
            _ => !_isLast);

    public ValueTask<IReadOnlyList<DateTimeOffset>> CorrectedAfterAsync(string tenant, DateTimeOffset month, CancellationToken cancellationToken) =>
        Run<IReadOnlyList<DateTimeOffset>>(
            session =>
            {
                var rows = session.Prepare(
                    """
                    SELECT DISTINCT c.settled_at - c.settled_at % 3600000 FROM ledger c JOIN ledger f ON f.id = c.adjusts
                    WHERE c.tenant = ?1 AND c.adjusts IS NOT NULL AND c.settled_at >= ?3 AND f.settled_at >= ?2 AND f.settled_at < ?3 ORDER BY 1
                    """).Bind(tenant).Bind(month.ToUnixTimeMilliseconds()).Bind(month.AddMonths(1).ToUnixTimeMilliseconds());
                var hours = new List<DateTimeOffset>();
                while (rows.Read())
                    hours.Add(Instant(rows.Int64(0)));
                return hours;
            },
            cancellationToken);

    /// <summary>One step that is on disk when it returns, under a lease that is still held.</summary>
    private ValueTask<T> Fenced<T>(BillingLease lease, Func<SqliteSession, T> work, CancellationToken cancellationToken) => Run(
        session =>
        {
            session.Begin();
            try
            {
                LeaseFence.Check(session, lease);
                var done = work(session);
                session.Execute("COMMIT");
                database.FlushLog();
                return done;
            }
            catch
            {
                if (session.InTransaction)
                    session.Execute("ROLLBACK");
                throw;
            }
        },
        cancellationToken);

    private static void Touch(SqliteSession session, string tenant, DateTimeOffset month) =>
        session.Prepare("UPDATE usage_tenant_hours SET unbilled = 1 WHERE tenant = ? AND at >= ? AND at < ? AND NOT unbilled AND NOT prepaid")
            .Bind(tenant).Bind(month.ToUnixTimeMilliseconds()).Bind(month.AddMonths(1).ToUnixTimeMilliseconds()).Run();

    private static List<CutBase> Bases(SqliteSession session, IEnumerable<string> tenants)
    {
        var cuts = session.Prepare("SELECT cuts, customer FROM billing_tenants WHERE tenant = ?");
        var totals = session.Prepare("SELECT meter, amount, value, buckets FROM billing_totals WHERE tenant = ?");
        var bases = new List<CutBase>();
        foreach (var tenant in tenants)
        {
            var (count, customer) = cuts.Bind(tenant).Read() ? (cuts.Int64(0), cuts.Text(1)) : (0, null);
            cuts.Reset();
            var meters = new List<MeterTotal>();
            totals.Bind(tenant);
            while (totals.Read())
                meters.Add(new MeterTotal(tenant, totals.Text(0)!, new NanoUsd(totals.Int64(1)), totals.Int64(2), totals.Int64(3)));
            bases.Add(new CutBase(tenant, count, customer, meters));
        }

        return bases;
    }

    private static List<HourBooked> Booked(SqliteSession session, IEnumerable<(string Tenant, DateTimeOffset Hour)> hours)
    {
        var read = new BookedHours(session);
        return [.. hours.GroupBy(hour => hour.Tenant, hour => hour.Hour, StringComparer.Ordinal).SelectMany(tenant => read.Of(tenant.Key, [.. tenant.Order()]))];
    }

    private static string Of(string table) => string.Join(" + ", Tokens.Split(" + ").Select(column => $"{table}.{column}"));

    private static List<Accrual> ReadHours(SqliteStatement rows)
    {
        var hours = new List<Accrual>();
        while (rows.Read())
            hours.Add(new Accrual(rows.Text(0)!, Instant(rows.Int64(1)), rows.Int64(2), rows.Int64(3), new NanoUsd(rows.Int64(4)), new NanoUsd(rows.Int64(5)), rows.Int64(6) != 0));
        return hours;
    }

    private static List<MonthAllowance> AllowancesOf(SqliteSession session, IEnumerable<string> tenants)
    {
        var rows = session.Prepare($"{Allowances} WHERE tenant = ? ORDER BY month, kind");
        return [.. tenants.SelectMany(tenant => ReadAllowances(rows.Bind(tenant)))];
    }

    private static List<MonthAllowance> ReadAllowances(SqliteStatement rows)
    {
        var allowances = new List<MonthAllowance>();
        while (rows.Read())
            allowances.Add(new MonthAllowance(rows.Text(0)!, Instant(rows.Int64(1)), BillingNames.Kind(rows.Text(2)!), rows.Int64(3)));
        return allowances;
    }

    private static List<PlacedAmounts> ReadEntries(SqliteStatement rows)
    {
        var entries = new List<PlacedAmounts>();
        while (rows.Read())
            entries.Add(ReadEntry(rows));
        return entries;
    }

    private static PlacedAmounts ReadEntry(SqliteStatement rows) => new(
        new EntryPlace(rows.Int64(0), 0, rows.Int64(1), Guid.Empty), BillingTimes.HourOf(Instant(rows.Int64(2))), rows.Int64(3), new NanoUsd(rows.Int64(4)),
        new NanoUsd(rows.Int64(5)));

    private static DateTimeOffset Instant(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private async ValueTask<T> Run<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken, Func<T, bool>? stays = null)
    {
        try
        {
            return await Task.Run(() => _session.Run(work, stays), cancellationToken);
        }
        catch (StoreFaultException e)
        {
            throw new StoreUnavailableException("Buckets could not be read or cut.", e);
        }
    }
}
