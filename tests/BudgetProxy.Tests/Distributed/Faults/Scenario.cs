namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>One scenario from start to rest: a fleet, callers who race through it, a fault in the middle, and then the audit of all books.</summary>
internal sealed record Scenario(FleetOptions Options)
{
    /// <summary>A test that hangs is ended by this, in milliseconds; none comes near it.</summary>
    public const int Limit = 180_000;

    public TrafficMix Mix { get; init; } = new();

    public int Seed { get; init; } = 1;

    /// <summary>Whether connections to a proxy may break; else every caller gets a whole answer.</summary>
    public bool Breaks { get; init; }

    /// <param name="middle">Runs beside the callers; they stop when it returns.</param>
    /// <returns>Every call that was made.</returns>
    public async Task<IReadOnlyCollection<PlannedCall>> RunAsync(Func<Fleet, Traffic, Task> middle)
    {
        await using var fleet = await Fleet.StartAsync(Options);
        await fleet.SetUpAsync(RaceBudgets.All);
        var traffic = Traffic.Start(fleet, new TrafficPlan(Mix, Seed));
        try
        {
            await middle(fleet, traffic);
        }
        finally
        {
            await traffic.StopAsync();
            TestContext.Current.TestOutputHelper?.WriteLine(traffic.Summary);
        }

        await Audit.AtRestAsync(fleet, RaceBudgets.All, traffic.Calls);
        CheckMeaning(traffic);
        return traffic.Calls;
    }

    /// <summary>A race in which nothing was served, or nothing refused, would show nothing.</summary>
    private void CheckMeaning(Traffic traffic)
    {
        Assert.Contains(traffic.Calls, call => call.Outcome == CallOutcome.Served && call.Streamed);
        Assert.Contains(traffic.Calls, call => call.Outcome == CallOutcome.Served && !call.Streamed);
        Assert.Contains(traffic.Calls, call => call is { Outcome: CallOutcome.Refused, Answered: 429 or 402 });
        var broken = traffic.Calls.Where(call => call.Outcome == CallOutcome.Broken).Take(5).ToList();
        Assert.True(Breaks || broken.Count == 0, $"Broken: {string.Join("; ", broken)}");
    }
}
