namespace BudgetProxy.Dashboard.Answers;

/// <summary>A provider's file of costs that was imported.</summary>
/// <param name="From">The first UTC day that it covers.</param>
/// <param name="To">The last.</param>
public sealed record InvoiceView(string Id, string Provider, DateOnly From, DateOnly To, long Rows, decimal CostUsd, DateTimeOffset ImportedAt);
