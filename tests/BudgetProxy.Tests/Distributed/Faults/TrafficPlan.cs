namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>Decides what each caller asks next. The same seed gives each caller the same sequence.</summary>
internal sealed class TrafficPlan(TrafficMix mix, int seed)
{
    /// <summary>A user is shared by a tenth of the callers, for this many calls of each.</summary>
    private const int CallsPerUser = 6;
    private const int CallsPerProject = 4;

    private readonly Random[] _random = [.. Enumerable.Range(0, mix.Callers).Select(caller => new Random(HashCode.Combine(seed, caller)))];
    private readonly int[] _made = new int[mix.Callers];

    public TrafficMix Mix => mix;

    public Random RandomOf(int caller) => _random[caller];

    public PlannedCall Next(int caller)
    {
        var random = _random[caller];
        var made = _made[caller]++;
        var maxTokens = random.Next(20, 80);
        var streamed = Chance(random, mix.StreamedPercent);
        return new PlannedCall
        {
            Number = PlannedCall.NextNumber(),
            Tenant = caller % 4 == 0 ? RaceBudgets.Narrow : RaceBudgets.Wide,
            User = $"u{caller % 20}-{made / CallsPerUser}",
            Project = $"p{caller % 10}-{made / CallsPerProject}",
            Anthropic = Chance(random, mix.AnthropicPercent),
            Streamed = streamed,
            MaxTokens = maxTokens,
            OutputTokens = random.Next(5, 60),
            CachedTokens = random.Next(0, 5),
            Words = random.Next(0, 30),
            Status = Chance(random, mix.ErrorPercent) ? random.Next(2) == 0 ? 429 : 500 : 200,
            Overruns = Chance(random, mix.OverrunPercent),
            Leaves = Chance(random, mix.LeaverPercent),
            ProviderBreaks = Chance(random, mix.BreakPercent),
            FirstByteDelay = TimeSpan.FromMilliseconds(random.Next(5, 200)),
            ChunkDelay = TimeSpan.FromMilliseconds(streamed ? random.Next(10, 60) : 0),
        };
    }

    private static bool Chance(Random random, int percent) => random.Next(100) < percent;
}
