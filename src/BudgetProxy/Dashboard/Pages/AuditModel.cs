using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <summary>The changes that match the filter, newest first.</summary>
public sealed record AuditModel(Part<ListOf<AuditView>> Entries, string? Tenant, string? Action, string? After);
