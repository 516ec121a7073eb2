namespace BudgetProxy.Dashboard.Answers;

/// <summary>A call as the ledger has it.</summary>
public sealed record CallView(
    string Id, string RequestId, string Tenant, string? User, string? Project, string Key, string? Run, string Provider, string Model,
    string? ServedModel, string? Rate, string Basis, TokensView Tokens, decimal CostUsd, decimal ChargedUsd, decimal ReservedUsd,
    decimal OverrunUsd, bool Streamed, int Status, DateTimeOffset StartedAt, DateTimeOffset SettledAt, string? Adjusts);
