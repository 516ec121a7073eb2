namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>The same races and the same audit over the embedded mode's one proxy: what holds for a fleet holds for it, and the audit is itself put to use.</summary>
[Collection(FaultCollection.Name)]
public sealed class EmbeddedFleetTests
{
    private static readonly FleetOptions One = new() { Proxies = 1 };

    [Fact(Timeout = Scenario.Limit)]
    public Task All_books_agree_after_200_callers_raced() =>
        new Scenario(One).RunAsync((_, traffic) => traffic.ServeAsync(1500));

    [Fact(Timeout = Scenario.Limit)]
    public Task All_books_agree_after_a_kill_and_a_restart() =>
        new Scenario(One) { Breaks = true }.RunAsync(async (fleet, traffic) =>
        {
            await traffic.ServeAsync(400);
            await fleet.KillAsync(0);
            await fleet.RestartAsync(0);
            await traffic.ServeAsync(400);
        });

    [Fact(Timeout = Scenario.Limit)]
    public Task Callers_who_leave_and_providers_who_break_off_are_never_booked_below_what_was_billed() =>
        new Scenario(One) { Mix = new TrafficMix { LeaverPercent = 20, BreakPercent = 5, OverrunPercent = 0 }, Breaks = true }.RunAsync((_, traffic) => traffic.ServeAsync(600));
}
