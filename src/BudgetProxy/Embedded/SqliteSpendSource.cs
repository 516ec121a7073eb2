using BudgetProxy.Alerts;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;

namespace BudgetProxy.Embedded;

/// <summary>Reads the end of the embedded ledger. Entries stand in the order in which they were settled, so where a span begins is found by halving.</summary>
public sealed class SqliteSpendSource(EmbeddedDatabase database) : ISpendSource
{
    public ValueTask<IReadOnlyList<Spender>> SpendersAsync(DateTimeOffset from, int most, CancellationToken cancellationToken) => OffThreadAsync<IReadOnlyList<Spender>>(
        session =>
        {
            var rows = session.Prepare("SELECT DISTINCT tenant, key, user, project, run, tags, provider, model FROM ledger WHERE seq >= ? LIMIT ?")
                .Bind(FirstFrom(session, from)).Bind(most);
            var spenders = new List<Spender>();
            while (rows.Read())
            {
                var caller = new Caller
                {
                    Tenant = rows.Text(0)!,
                    Key = rows.Text(1)!,
                    User = rows.Text(2),
                    Project = rows.Text(3),
                    Run = rows.Text(4),
                    Tags = LedgerTags.Read(rows.Text(5)),
                };
                spenders.Add(new Spender(caller, rows.Text(6)!, rows.Text(7)!));
            }

            return spenders;
        },
        cancellationToken);

    public ValueTask<IReadOnlyDictionary<string, NanoUsd>> SpendAsync(DateTimeOffset from, CancellationToken cancellationToken) =>
        OffThreadAsync<IReadOnlyDictionary<string, NanoUsd>>(
            session =>
            {
                var rows = session.Prepare("SELECT tenant, SUM(cost) FROM ledger WHERE seq >= ? GROUP BY tenant").Bind(FirstFrom(session, from));
                var sums = new Dictionary<string, NanoUsd>(StringComparer.Ordinal);
                while (rows.Read())
                    sums.Add(rows.Text(0)!, new NanoUsd(rows.Int64(1)));
                return sums;
            },
            cancellationToken);

    /// <summary>The first sequence that was settled at this instant or later; one past the last where none was.</summary>
    private static long FirstFrom(SqliteSession session, DateTimeOffset from)
    {
        var at = from.ToUnixTimeMilliseconds();
        using var newest = session.Prepare("SELECT seq FROM ledger ORDER BY seq DESC LIMIT 1");
        long low = 1, high = newest.Read() ? newest.Int64(0) + 1 : 1;
        using var look = session.Prepare("SELECT settled_at FROM ledger WHERE seq >= ? ORDER BY seq LIMIT 1");
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var isLate = !look.Bind(middle).Read() || look.Int64(0) >= at;
            look.Reset();
            if (isLate)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    private async ValueTask<T> OffThreadAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(
                () =>
                {
                    using var session = database.OpenSession();
                    return read(session);
                },
                cancellationToken);
        }
        catch (StoreFaultException e)
        {
            throw new StoreUnavailableException("The ledger's database can't be read.", e);
        }
    }
}
