using System.Text.Json;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Distributed.Redis;
using BudgetProxy.Insight;
using BudgetProxy.Reservations;
using Npgsql;

namespace BudgetProxy.Distributed;

/// <summary>What is kept for those who look on, in Postgres, for all proxies together.</summary>
internal sealed class InsightStore(PostgresDatabase database, RedisLink link, OwnCalls own, IReservationStore counters, TimeProvider clock) : IInsightStore
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private readonly RefusalTable _refusals = new(database);

    public async ValueTask AddRefusalsAsync(IReadOnlyList<RefusalCount> counts, CancellationToken cancellationToken) =>
        await _refusals.AddAsync(counts, cancellationToken);

    public async ValueTask<RefusalSummary> RefusalsAsync(string? tenant, DateTimeOffset from, int most, CancellationToken cancellationToken) =>
        await _refusals.ReadAsync(tenant, from, most, cancellationToken);

    public async ValueTask ForgetRefusalsAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        await _refusals.ForgetAsync(before, cancellationToken);

    public async ValueTask BeatAsync(ProxyPulse pulse, CancellationToken cancellationToken) => await database.WriteAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand(
                """
                WITH gone AS (DELETE FROM proxy_pulses WHERE seen_at < clock_timestamp() - interval '1 hour')
                INSERT INTO proxy_pulses (proxy, seen_at, pulse) VALUES ($1, clock_timestamp(), $2)
                ON CONFLICT (proxy) DO UPDATE SET seen_at = excluded.seen_at, pulse = excluded.pulse
                """,
                connection);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = pulse.Proxy });
            command.Parameters.Add(new NpgsqlParameter<string>
            {
                TypedValue = JsonSerializer.Serialize(pulse with { HeldNanoUsd = own.Held }, PulseJson.Default.ProxyPulse),
            });
            return await command.ExecuteNonQueryAsync(cancellationToken);
        },
        cancellationToken);

    public async ValueTask<IReadOnlyList<ProxyPulse>> PulsesAsync(CancellationToken cancellationToken) => await database.ReadAsync(
        connection => new LedgerQuery().ReadAsync(
            connection,
            "SELECT pulse FROM proxy_pulses WHERE seen_at > clock_timestamp() - interval '5 seconds'",
            row => JsonSerializer.Deserialize(row.GetString(0), PulseJson.Default.ProxyPulse)!,
            cancellationToken),
        cancellationToken);

    public async ValueTask<IReadOnlyList<BudgetState>> FullestAsync(IReadOnlyList<Budget> budgets, int most, CancellationToken cancellationToken) =>
    [
        .. (await counters.ReadAsync(budgets, cancellationToken)).GroupBy(state => (state.Budget.Tenant, state.Budget.Name))
            .SelectMany(own => own.OrderByDescending(state => state.Spent + state.Held).Take(most)),
    ];

    public async ValueTask<IReadOnlyList<StoreState>> CheckAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(CheckAsync("redis", RedisTimeAsync, cancellationToken), CheckAsync("postgres", PostgresTimeAsync, cancellationToken));

    private async Task<StoreState> CheckAsync(
        string name, Func<CancellationToken, Task<(DateTimeOffset At, string Detail)>> ask, CancellationToken cancellationToken)
    {
        var (begun, before) = (clock.GetTimestamp(), clock.GetUtcNow());
        try
        {
            var (at, detail) = await ask(cancellationToken).WaitAsync(Deadline, cancellationToken);
            var took = clock.GetElapsedTime(begun);
            // The answer was made about half way.
            return new StoreState(name, true, took, detail, at - before - (took / 2));
        }
        catch (Exception failed) when (failed is StoreUnavailableException or TimeoutException)
        {
            return new StoreState(name, false, clock.GetElapsedTime(begun), $"It does not answer: {failed.Message}", null);
        }
    }

    private async Task<(DateTimeOffset At, string Detail)> RedisTimeAsync(CancellationToken cancellationToken)
    {
        var server = link.Masters.FirstOrDefault() ?? throw new StoreUnavailableException("No server of Redis is connected.");
        var at = await link.AskAsync(() => server.TimeAsync());
        return (new DateTimeOffset(at, TimeSpan.Zero), $"Redis {server.Version}");
    }

    private async Task<(DateTimeOffset At, string Detail)> PostgresTimeAsync(CancellationToken cancellationToken)
    {
        var found = await database.WriteAsync(
            connection => new LedgerQuery().ReadAsync(
                connection,
                "SELECT clock_timestamp(), current_setting('server_version')",
                row => (At: row.GetFieldValue<DateTimeOffset>(0), Version: row.GetString(1)),
                cancellationToken),
            cancellationToken);
        return (found[0].At, $"PostgreSQL {found[0].Version}");
    }
}
