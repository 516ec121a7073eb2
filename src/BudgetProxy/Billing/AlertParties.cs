using BudgetProxy.Alerts;

namespace BudgetProxy.Billing;

/// <summary>What makes alerts and what raises them.</summary>
public sealed record AlertParties(AlertBodies Bodies, AlertRaiser Raiser);
