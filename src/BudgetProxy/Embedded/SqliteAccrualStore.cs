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

    public ValueTask<CutReading> ReadAsync((string Tenant, DateTimeOffset Hour)? after, int most, CancellationToken cancellationToken) => Run(
        session =>
        {
            session.Execute("BEGIN");
            var hours = ReadHours(session.Prepare(
                $"SELECT {HourColumns}, {HasCorrections} FROM usage_tenant_hours h WHERE unbilled AND (tenant, at) > (?, ?) ORDER BY tenant, at LIMIT ?")
                .Bind(after?.Tenant ?? "").Bind(after?.Hour.ToUnixTimeMilliseconds() ?? long.MinValue).Bind(most));
            var tenants = hours.Select(hour => hour.Tenant).Distinct(StringComparer.Ordinal).ToList();
            return new CutReading(
                hours, Bases(session, tenants), Booked(session, hours.Select(hour => (hour.Tenant, hour.Hour))),
                AllowancesOf(session, tenants));
        },
        cancellationToken);

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
                WHERE (tenant, at) IN (SELECT tenant, at FROM usage_tenant_hours WHERE unbilled AND at < ? LIMIT ?)
                """).Bind(before.ToUnixTimeMilliseconds()).Bind(most).Run();
            return session.Changes;
        },
        cancellationToken);

    public ValueTask<IReadOnlyList<Accrual>> MonthAsync(string tenant, DateTimeOffset month, CancellationToken cancellationToken) => Run<IReadOnlyList<Accrual>>(
        session => ReadHours(session.Prepare($"SELECT {HourColumns}, 0 FROM usage_tenant_hours WHERE tenant = ? AND at >= ? AND at < ? ORDER BY at")
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
                    WHERE tenant = ? AND settled_at >= ? AND settled_at < ? AND (settled_at, seq) > (?, ?) AND adjusts IS NULL ORDER BY settled_at, seq LIMIT ?
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
                        WHERE c.tenant = ? AND c.adjusts IS NOT NULL AND c.settled_at >= ? AND c.settled_at < ? AND (c.settled_at, c.seq) > (?, ?)
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
        Fenced<IReadOnlySet<string>>(lease, session => Cut(session, cuts), cancellationToken);

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
            session.Execute("PRAGMA synchronous = FULL");
            session.Begin();
            try
            {
                if (!session.Prepare("SELECT 1 FROM billing_lease WHERE owner = ? AND token = ?").Bind(lease.Owner.ToString()).Bind(lease.Token).Read())
                    throw new LeaseLostException();
                var done = work(session);
                session.Execute("COMMIT");
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

    private static HashSet<string> Cut(SqliteSession session, IReadOnlyList<TenantCut> cuts)
    {
        var claim = session.Prepare(
            """
            INSERT INTO billing_tenants (tenant, cuts, customer) VALUES (?1, ?2 + 1, ?3)
            ON CONFLICT (tenant) DO UPDATE SET cuts = excluded.cuts, customer = coalesce(excluded.customer, customer) WHERE cuts = ?2
            """);
        var writes = new CutWrites(session);
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var cut in cuts)
        {
            claim.Bind(cut.Base.Tenant).Bind(cut.Base.Cuts).Bind(cut.Customer).Run();
            // A tenant that was never cut must not be there; one that was must have been cut as often as the plan says.
            if (session.Changes != 1)
                continue;
            writes.Write(cut);
            done.Add(cut.Base.Tenant);
        }

        return done;
    }

    private static void Touch(SqliteSession session, string tenant, DateTimeOffset month) =>
        session.Prepare("UPDATE usage_tenant_hours SET unbilled = 1 WHERE tenant = ? AND at >= ? AND at < ? AND NOT unbilled")
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
        // The meters that anything was ever cut for are few; named, they let the index of tenant, meter and hour be used.
        var meters = new List<string>();
        var names = session.Prepare("SELECT DISTINCT meter FROM billing_totals");
        while (names.Read())
            meters.Add(names.Text(0)!);
        var read = session.Prepare(
            """
            SELECT sum(n), sum(amount), sum(value), count(*) FROM (
                SELECT 1 AS n, amount, value FROM billing_buckets WHERE tenant = ?1 AND meter = ?2 AND hour = ?3
                UNION ALL
                SELECT 0, amount, value FROM billing_prepaid WHERE tenant = ?1 AND meter = ?2 AND hour = ?3)
            """);
        var booked = new List<HourBooked>();
        foreach (var (tenant, hour) in hours)
        {
            foreach (var meter in meters)
            {
                if (read.Bind(tenant).Bind(meter).Bind(hour.ToUnixTimeMilliseconds()).Read() && read.Int64(3) > 0)
                    booked.Add(new HourBooked(tenant, meter, hour, (int)read.Int64(0), new NanoUsd(read.Int64(1)), read.Int64(2)));
                read.Reset();
            }
        }

        return booked;
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

    private async ValueTask<T> Run<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(
                () =>
                {
                    using var session = database.OpenSession();
                    return work(session);
                },
                cancellationToken);
        }
        catch (StoreFaultException e)
        {
            throw new StoreUnavailableException("Buckets could not be read or cut.", e);
        }
    }
}
