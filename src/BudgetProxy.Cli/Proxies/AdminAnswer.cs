using System.Text.Json;

namespace BudgetProxy.Cli.Proxies;

/// <summary>A success of the admin API.</summary>
/// <param name="Json">Undefined where the answer has no body.</param>
/// <param name="ETag">The version of what it shows; null = the proxy gives none.</param>
internal sealed record AdminAnswer(JsonElement Json, string? ETag);
