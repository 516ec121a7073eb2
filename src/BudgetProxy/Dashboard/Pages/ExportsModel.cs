using System.Text.Json;
using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <param name="From">The first day of the period that the form offers.</param>
/// <param name="To">Its last day.</param>
/// <param name="Stripe">The state of the Stripe export; null = this proxy has none.</param>
/// <param name="Problem">Why the last download was refused.</param>
public sealed record ExportsModel(DateOnly From, DateOnly To, string? Tenant, JsonElement? Stripe, Problem? Problem);
