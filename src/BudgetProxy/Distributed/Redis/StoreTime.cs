using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>Whose clock decides: the server's, or a test's.</summary>
/// <param name="Clock">This process's clock.</param>
/// <param name="Decides">True in tests: the scripts are told the time. Else they ask their server.</param>
internal sealed record StoreTime(TimeProvider Clock, bool Decides)
{
    /// <summary>Unix milliseconds here.</summary>
    public long Here => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>What scripts are told: nothing, or the test's instant.</summary>
    public RedisValue Told => Decides ? Here : RedisValue.EmptyString;
}
