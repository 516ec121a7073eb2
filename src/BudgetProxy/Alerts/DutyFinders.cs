using BudgetProxy.Rates;

namespace BudgetProxy.Alerts;

/// <summary>What <see cref="AlertDuties"/> asks.</summary>
public sealed record DutyFinders(ThresholdCheck Thresholds, SpendVelocity Velocity, RateAge Rates, AlertBodies Bodies, AlertMetrics Metrics);
