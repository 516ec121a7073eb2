using BudgetProxy.Core.Budgets;
using BudgetProxy.Insight;
using BudgetProxy.Reservations;

namespace BudgetProxy.Embedded;

/// <summary>What is kept for those who look on, in the one SQLite file; of this process alone.</summary>
public sealed class SqliteInsightStore(EmbeddedDatabase database, EmbeddedStore store, TimeProvider clock) : IInsightStore
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private volatile ProxyPulse? _pulse;

    public async ValueTask AddRefusalsAsync(IReadOnlyList<RefusalCount> counts, CancellationToken cancellationToken) =>
        await RunAsync(session => Add(session, counts), cancellationToken);

    public ValueTask<RefusalSummary> RefusalsAsync(string? tenant, DateTimeOffset from, int most, CancellationToken cancellationToken) => RunAsync(
        session =>
        {
            session.Execute("BEGIN");
            return new RefusalSummary(Recent(session, tenant, from, most), Hours(session, tenant, from));
        },
        cancellationToken);

    public async ValueTask ForgetRefusalsAsync(DateTimeOffset before, CancellationToken cancellationToken) => await RunAsync(
        session =>
        {
            session.Prepare("DELETE FROM refusals WHERE at < ?").Bind(before.ToUnixTimeMilliseconds()).Run();
            session.Prepare("DELETE FROM refusal_hours WHERE at < ?").Bind(before.ToUnixTimeMilliseconds()).Run();
            return true;
        },
        cancellationToken);

    public async ValueTask BeatAsync(ProxyPulse pulse, CancellationToken cancellationToken) =>
        _pulse = pulse with { HeldNanoUsd = await store.HeldAsync() };

    public ValueTask<IReadOnlyList<ProxyPulse>> PulsesAsync(CancellationToken cancellationToken) => new(_pulse is { } pulse ? [pulse] : []);

    public ValueTask<IReadOnlyList<BudgetState>> FullestAsync(IReadOnlyList<Budget> budgets, int most, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<BudgetState>>(session => Fullest(session, budgets, most), cancellationToken);

    public async ValueTask<IReadOnlyList<StoreState>> CheckAsync(CancellationToken cancellationToken)
    {
        var begun = clock.GetTimestamp();
        try
        {
            await Task.Run(() => store.PingAsync(cancellationToken).AsTask(), cancellationToken).WaitAsync(Deadline, cancellationToken);
            return [new StoreState("sqlite", true, clock.GetElapsedTime(begun), database.FilePath, null)];
        }
        catch (Exception failed) when (failed is StoreUnavailableException or TimeoutException)
        {
            return [new StoreState("sqlite", false, clock.GetElapsedTime(begun), $"{database.FilePath} can't be written: {failed.Message}", null)];
        }
    }

    private List<BudgetState> Fullest(SqliteSession session, IReadOnlyList<Budget> budgets, int most)
    {
        var now = clock.GetUtcNow();
        var rows = session.Prepare(
            """
            SELECT scope, SUM(spent) AS spent, MIN(ends) FROM counters
            WHERE shape_id = (SELECT id FROM budget_shapes WHERE tenant = ? AND budget = ? AND shape = ?) AND (ends IS NULL OR ends > ?)
            GROUP BY scope ORDER BY 2 DESC LIMIT ?
            """);
        var states = new List<BudgetState>();
        // All as of one commit, and the locks of a read are taken once and not for each of thousands.
        session.Execute("BEGIN");
        foreach (var budget in budgets)
        {
            rows.Bind(budget.Tenant).Bind(budget.Name).Bind(budget.Shape).Bind(now.ToUnixTimeMilliseconds()).Bind(most);
            var (slot, before) = (budget.Window.SlotAt(now), states.Count);
            while (rows.Read())
            {
                DateTimeOffset? resets = rows.IsNull(2) ? null : DateTimeOffset.FromUnixTimeMilliseconds(rows.Int64(2));
                states.Add(new BudgetState(budget, rows.Text(0)!, rows.Int64(1), 0, resets, budget.ToppedUpIn(rows.Text(0)!, slot)));
            }

            // One without "per" has its counter, used or not.
            if (states.Count == before && budget.Per is null)
                states.Add(new BudgetState(budget, "", 0, 0, slot.Ends, budget.ToppedUpIn("", slot)));
        }

        return states;
    }

    private static bool Add(SqliteSession session, IReadOnlyList<RefusalCount> counts)
    {
        var detail = session.Prepare(
            """
            INSERT INTO refusals (tenant, at, code, budget, model, count, last_at) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (tenant, at, code, budget, model) DO UPDATE SET count = count + excluded.count, last_at = max(last_at, excluded.last_at)
            """);
        var hour = session.Prepare(
            "INSERT INTO refusal_hours (at, code, count) VALUES (?, ?, ?) ON CONFLICT (at, code) DO UPDATE SET count = count + excluded.count");
        session.Begin();
        foreach (var count in counts)
        {
            var at = count.Hour.ToUnixTimeMilliseconds();
            detail.Bind(count.Tenant).Bind(at).Bind(count.Code).Bind(count.Budget).Bind(count.Model).Bind(count.Count)
                .Bind(count.LastAt.ToUnixTimeMilliseconds()).Run();
            hour.Bind(at).Bind(count.Code).Bind(count.Count).Run();
        }

        session.Execute("COMMIT");
        return true;
    }

    private static List<RefusalCount> Recent(SqliteSession session, string? tenant, DateTimeOffset from, int most)
    {
        var last = session.Prepare(
            $"""
            SELECT tenant, code, budget, model, MAX(last_at) AS last FROM (
                SELECT tenant, code, budget, model, last_at FROM refusals WHERE at >= ?{(tenant is null ? "" : " AND tenant = ?")}
                ORDER BY last_at DESC LIMIT {RefusalLimits.MostSeen})
            GROUP BY 1, 2, 3, 4 ORDER BY last DESC LIMIT ?
            """).Bind(from.ToUnixTimeMilliseconds());
        if (tenant is not null)
            last.Bind(tenant);
        last.Bind(most);
        var recent = new List<RefusalCount>();
        var sum = session.Prepare("SELECT SUM(count) FROM refusals WHERE tenant = ? AND at >= ? AND code = ? AND budget = ? AND model = ?");
        while (last.Read())
        {
            string owner = last.Text(0)!, code = last.Text(1)!, budget = last.Text(2)!, model = last.Text(3)!;
            sum.Bind(owner).Bind(from.ToUnixTimeMilliseconds()).Bind(code).Bind(budget).Bind(model).Read();
            recent.Add(new RefusalCount(from, owner, code, budget, model, sum.Int64(0), DateTimeOffset.FromUnixTimeMilliseconds(last.Int64(4))));
            sum.Reset();
        }

        return recent;
    }

    private static List<RefusalHour> Hours(SqliteSession session, string? tenant, DateTimeOffset from)
    {
        var rows = tenant is null
            ? session.Prepare("SELECT at, code, count FROM refusal_hours WHERE at >= ? ORDER BY 1, 2").Bind(from.ToUnixTimeMilliseconds())
            : session.Prepare("SELECT at, code, SUM(count) FROM refusals WHERE tenant = ? AND at >= ? GROUP BY 1, 2 ORDER BY 1, 2")
                .Bind(tenant).Bind(from.ToUnixTimeMilliseconds());
        var hours = new List<RefusalHour>();
        while (rows.Read())
            hours.Add(new RefusalHour(DateTimeOffset.FromUnixTimeMilliseconds(rows.Int64(0)), rows.Text(1)!, rows.Int64(2)));
        return hours;
    }

    private ValueTask<T> RunAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken) => EmbeddedStore.OffThreadAsync(
        () =>
        {
            using var session = database.OpenReader();
            return work(session);
        },
        cancellationToken);
}
