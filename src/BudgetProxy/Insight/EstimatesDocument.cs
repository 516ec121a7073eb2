namespace BudgetProxy.Insight;

/// <summary>How near what was reserved was to what calls cost, over the days that were asked for.</summary>
/// <param name="ReservedUsd">The worst cases that were reserved.</param>
/// <param name="OverrunUsd">The parts of costs above their reservations.</param>
public sealed record EstimatesDocument(long Calls, string ReservedUsd, string CostUsd, string OverrunUsd, long Overruns);
