namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>What the race is made of. By default every answer reports its usage and every caller stays, so that the books must agree to the nano-dollar.</summary>
internal sealed record TrafficMix
{
    public int Callers { get; init; } = 200;

    public int StreamedPercent { get; init; } = 50;

    public int AnthropicPercent { get; init; } = 50;

    /// <summary>Answered 429 or 500 by the provider.</summary>
    public int ErrorPercent { get; init; } = 6;

    public int OverrunPercent { get; init; } = 1;

    public int LeaverPercent { get; init; }

    /// <summary>Broken off by the provider in the middle.</summary>
    public int BreakPercent { get; init; }
}
