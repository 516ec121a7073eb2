using BudgetProxy.Core.Budgets;
using BudgetProxy.Reservations;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Reservations;
using Npgsql;

namespace BudgetProxy.Tests.Distributed;

/// <summary>A fleet with a batch on it, and ways to let a step die between any two of its writes.</summary>
internal sealed class StandingFleet(StoreFleet fleet) : IAsyncDisposable
{
    public static readonly Budget Whole = StoreScenario.Money("whole", 1_000, "month");
    public static readonly Budget Users = StoreScenario.Money("users", 600, "month", per: BudgetDimension.User);
    public static readonly Budget Calls = StoreScenario.Money("calls", 100, "month") with { LimitKind = LimitKind.Requests };
    public static readonly IReadOnlyList<Budget> Budgets = [Whole, Users, Calls];

    public StoreFleet Fleet => fleet;

    public IReservationStore Store => fleet.Stores[0].Reservations;

    public static async Task<StandingFleet> StartAsync(int stores = 1) => new(await StoreFleet.StartAsync(stores));

    public StandingBatch Batch(params IReadOnlyList<(string? User, string Model, long Amount)> lines) => new(new StoreScenario(null!, fleet.Clock), Budgets, lines, "eve");

    public async Task<StandingBatch> ReservedAsync(params IReadOnlyList<(string? User, string Model, long Amount)> lines)
    {
        var batch = Batch(lines);
        Assert.Null((await Store.ReserveAsync(batch.Reservation, CancellationToken.None)).Refusal);
        return batch;
    }

    public async Task<SettleOutcome> PartAsync(StandingBatch batch, int number, params IReadOnlyList<(int Line, long? Cost)> ended) =>
        await Store.SettlePartAsync("acme", batch.Id, batch.Part(number, Budgets, ended), CancellationToken.None);

    /// <summary>Asks again and again, as whoever must know does, until there is an answer.</summary>
    public async Task<T> UntilAnsweredAsync<T>(Func<ValueTask<T>> ask)
    {
        T answer = default!;
        await Poll.UntilAsync(
            async () =>
            {
                try
                {
                    answer = await ask();
                    return true;
                }
                catch (StoreUnavailableException)
                {
                    return false;
                }
            },
            TimeSpan.FromSeconds(30),
            "there is an answer");
        return answer;
    }

    /// <summary>All counters that have or hold something, by budget and scope: spent+held.</summary>
    public async Task<string> StatesAsync()
    {
        var states = await UntilAnsweredAsync(() => Store.ReadAsync(Budgets, CancellationToken.None));
        return string.Join(' ', states.Where(state => state.Spent != 0 || state.Held != 0).Select(state => $"{state.Budget.Name}:{state.ScopeValue}={state.Spent}+{state.Held}"));
    }

    /// <summary>What the ledger has, by id: no entry twice, and counters that agree with it.</summary>
    public async Task<List<long>> CostsAsync()
    {
        var entries = await fleet.EntriesAsync();
        Assert.Equal(entries.Count, entries.Select(entry => entry.Id).Distinct().Count());
        await UntilAnsweredAsync(async () =>
        {
            // Only budgets that a call has met here since the last time are compared.
            var call = fleet.Call(0, [.. Budgets]);
            await Store.ReserveAsync(call, CancellationToken.None);
            return await Store.VoidAsync("acme", call.Id, CancellationToken.None);
        });
        Assert.Equal(0, await UntilAnsweredAsync(() => Store.MeasureDriftAsync(CancellationToken.None)));
        return [.. entries.Select(entry => entry.Cost.Value).Order()];
    }

    public async Task EmptyAsync() => await fleet.Redis.ExecuteAsync("FLUSHALL");

    public async Task RestartRedisAsync()
    {
        await fleet.Redis.KillAsync();
        await fleet.Redis.StartAgainAsync();
    }

    /// <summary>From now on such writes fail: for the step that makes one its process might as well have ended there.</summary>
    /// <param name="what">Such as <c>UPDATE ON standing_reservations</c>.</param>
    public async Task BreakAsync(string what, string? when = null) => await ExecuteAsync(
        $"""
        CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken by the test'; END $$;
        CREATE TRIGGER broken BEFORE {what} FOR EACH ROW {(when is null ? "" : $"WHEN ({when})")} EXECUTE FUNCTION broken()
        """);

    public async Task MendAsync() => await ExecuteAsync("DROP FUNCTION broken() CASCADE");

    public async Task<long> ScalarAsync(string sql)
    {
        await using var command = fleet.Stores[0].Database.Source.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync());
    }

    public ValueTask DisposeAsync() => fleet.DisposeAsync();

    private async Task ExecuteAsync(string sql)
    {
        await using NpgsqlCommand command = fleet.Stores[0].Database.Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
