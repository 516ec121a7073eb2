using System.Text.Json;

namespace BudgetProxy.Dashboard.Answers;

/// <summary>One change by an admin.</summary>
public sealed record AuditView(
    string Id, DateTimeOffset At, ActorView By, string Action, string Target, string? Tenant, JsonElement? Before, JsonElement? After);
