using BudgetProxy.Reservations;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>Asks the counters for a reservation until they have decided: budgets that are not counted are counted first, newer definitions are learned.</summary>
internal sealed class ReserveDecision(
    Shards shards, Generations generations, DefinitionCache definitions, BudgetCounting counting, DriftCheck drift)
{
    /// <summary>How long a step may wait for others of its tenant to end: a budget that is being counted, a window that turns.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);

    public DefinitionCache Definitions => definitions;

    /// <returns>What was decided, and in which generation.</returns>
    /// <exception cref="StoreUnavailableException">Whether it is held is not known.</exception>
    public async ValueTask<(ReserveOutcome Outcome, long Generation)> DecideAsync(Shard shard, OwnCall call)
    {
        var reservation = call.Reservation;
        var lane = reservation.Standing ? shard.ReserveStanding : shard.Reserve;
        var tenant = reservation.Caller.Tenant;
        var begun = shards.Time.Clock.GetTimestamp();
        do
        {
            var known = definitions[tenant];
            var plan = known.Plan(reservation, shard.Now);
            var (answer, generation) = await lane.RunAsync(new ReserveStep(reservation, call.Text, known.Version, plan));
            if (answer is null)
            {
                await generations.FindAsync(shard);
            }
            else
            {
                var parts = (RedisResult[])answer!;
                switch ((string)parts[0]!)
                {
                    case "held":
                        drift.Uses(plan);
                        return (ReserveAnswer.Held((byte[])parts[1]!, plan, call), generation);
                    case "refused":
                        drift.Uses(plan);
                        return (ReserveAnswer.Refused(parts, plan), generation);
                    case "definitions":
                        definitions.Learn(tenant, parts);
                        break;
                    case "count":
                        await CountAsync(parts, plan);
                        break;
                    case "gone":
                        throw new StoreUnavailableException("This reservation was voided or settled before; a new call needs an id of its own.");
                    default:
                        // 'busy' and 'window' pass by themselves.
                        await Task.Delay(Pause);
                        break;
                }
            }
        }
        while (shards.Time.Clock.GetElapsedTime(begun) < Patience);

        throw new StoreUnavailableException("The tenant's budgets were busy for too long.");
    }

    /// <exception cref="StoreUnavailableException">It takes longer than a call can wait; it goes on.</exception>
    private async Task CountAsync(RedisResult[] answer, List<PlannedHold> plan)
    {
        try
        {
            for (var i = 1; i < answer.Length; i++)
                await counting.CountAsync(plan[(int)answer[i]].Hold.Budget).WaitAsync(Patience);
        }
        catch (TimeoutException late)
        {
            throw new StoreUnavailableException("A budget is still being counted from the ledger.", late);
        }
    }
}
