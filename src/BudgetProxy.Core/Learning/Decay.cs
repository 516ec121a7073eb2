namespace BudgetProxy.Core.Learning;

/// <summary>How fast what was learned fades, call by call, so that a model that changes is followed.</summary>
internal static class Decay
{
    /// <summary>Calls after which a sum that fades slowly has lost 63 %: ratios by script, and histograms.</summary>
    private const double SlowCalls = 400;

    /// <summary>The same for the common level, which follows a change of a whole model.</summary>
    private const double FastCalls = 20;

    private const double ExcessCalls = 2_000;

    /// <summary>What is left of a weight after one call; after n calls, the n-th power.</summary>
    public static readonly double Slow = Math.Exp(-1 / SlowCalls);

    public static readonly double Fast = Math.Exp(-1 / FastCalls);

    /// <summary>An excess over the static bound is remembered longest: it says that the bound is wrong.</summary>
    public static readonly double Excess = Math.Exp(-1 / ExcessCalls);
}
