namespace BudgetProxy.Dashboard.Answers;

/// <summary>A slice of usage: what one meter event carries.</summary>
public sealed record BucketView(
    Guid Id, string Identifier, string Tenant, string Meter, DateTimeOffset Hour, int Number, decimal AmountUsd, long Value, string? Customer, string State, DateTimeOffset? Stamp,
    int Attempts, DateTimeOffset? SentAt, string? Error, string? ToDo);
