using BudgetProxy.Core.Rates.Calculator;

namespace BudgetProxy.Admin;

/// <summary>What an estimate is asked for.</summary>
/// <param name="At">Whose prices hold.</param>
/// <param name="Tenant">Whose own prices come before the list's; null = the list's alone.</param>
internal sealed record EstimateQuestion(IReadOnlyList<string> Models, Workload Workload, DateTimeOffset At, string? Tenant);
