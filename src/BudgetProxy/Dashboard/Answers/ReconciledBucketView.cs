namespace BudgetProxy.Dashboard.Answers;

/// <summary>A bucket of an hour that differs.</summary>
public sealed record ReconciledBucketView(Guid Id, string Identifier, string Tenant, DateTimeOffset Hour, DateTimeOffset? Stamp, string State, long Value, bool Explains);
