using BudgetProxy.Core.Budgets;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>A window's slot in the words of the scripts: Unix milliseconds, an end that never comes is empty.</summary>
internal sealed class CountedSlot(WindowSlot slot)
{
    public WindowSlot Slot => slot;

    public RedisValue Start { get; } = slot.Start.ToUnixTimeMilliseconds();

    public RedisValue Next { get; } = Text(slot.Next);

    public RedisValue Ends { get; } = Text(slot.Ends);

    public bool Holds(DateTimeOffset instant) => instant >= slot.Start && (slot.Next is not { } next || instant < next);

    private static RedisValue Text(DateTimeOffset? instant) =>
        instant is { } present ? present.ToUnixTimeMilliseconds() : RedisValue.EmptyString;
}
