namespace BudgetProxy.Insight;

/// <summary>How much is kept of refusals: a flood of them, of tenants or of made-up names of models must not grow anything without bound.</summary>
internal static class RefusalLimits
{
    /// <summary>Reasons (code, budget, model) that one tenant has counted apart in an hour, at each proxy; others are counted without their model.</summary>
    public const int MostOfTenant = 32;

    /// <summary>Reasons that one proxy counts apart in an hour; others are counted by their code alone.</summary>
    public const int MostInHour = 10_000;

    /// <summary>Characters of a model's name that are kept.</summary>
    public const int MostModelChars = 80;

    /// <summary>Rows that are looked at, newest first, for the reasons that came last.</summary>
    public const int MostSeen = 5_000;

    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);
}
