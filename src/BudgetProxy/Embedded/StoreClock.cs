namespace BudgetProxy.Embedded;

/// <summary>The store's clock, in whole milliseconds: never earlier than an instant it has given before, so that no window opens twice.</summary>
internal sealed class StoreClock(TimeProvider time)
{
    private DateTimeOffset _last = DateTimeOffset.UnixEpoch;

    public DateTimeOffset Now()
    {
        NotBefore(DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds()));
        return _last;
    }

    public void NotBefore(DateTimeOffset instant)
    {
        if (instant > _last)
            _last = instant;
    }
}
