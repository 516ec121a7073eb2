namespace BudgetProxy.Tests.Distributed.Postgres;

/// <summary>A clock whose timers never ring, or only those of one length: so a test can tell what made a thing happen.</summary>
internal sealed class StillTime(TimeSpan? ringing = null) : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        dueTime == ringing ? base.CreateTimer(callback, state, dueTime, period) : new Silent();

    private sealed class Silent : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
