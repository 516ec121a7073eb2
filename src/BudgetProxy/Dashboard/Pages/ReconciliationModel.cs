using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <param name="Known">Ledger, buckets and Stripe, or without Stripe where it does not answer; null = nothing is known.</param>
/// <param name="Problem">Why Stripe's sums, or all, are not there; null = they are.</param>
public sealed record ReconciliationModel(DateOnly From, DateOnly To, string? Tenant, string? After, ReconciliationView? Known, Problem? Problem);
