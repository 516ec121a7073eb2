using BudgetProxy.Reservations;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>Runs the counters' rarer scripts, through a change of the generation.</summary>
internal sealed class CounterScripts(Shards shards, Generations generations)
{
    private const int MostAttempts = 3;

    public Shards Shards => shards;

    /// <returns>The whole answer, with the place that it stands for.</returns>
    /// <exception cref="StoreUnavailableException">Whether it was done is not known.</exception>
    public async Task<ScriptAnswer> RunAsync(Shard shard, RedisScript script, params RedisValue[] rest)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var arguments = new RedisValue[Shard.ArgumentHead + rest.Length];
            rest.CopyTo(arguments, Shard.ArgumentHead);
            var answer = await shard.RunAsync(script, arguments);
            if (answer.Parts is not null)
                return answer;
            await generations.FindAsync(shard);
        }

        throw new StoreUnavailableException("The counters are being made again.");
    }

    public static DateTimeOffset TimeOf(ScriptAnswer answer) => DateTimeOffset.FromUnixTimeMilliseconds((long)answer.Parts![1]);

    public static Place PlaceOf(ScriptAnswer answer) => new(answer.Generation, (long)answer.Parts![2]);

    /// <summary>The word in the first place after the head.</summary>
    public static string WordOf(ScriptAnswer answer) => (string)answer.Parts![Shard.AnswerHead]!;
}
