using System.Text.Json;

namespace BudgetProxy.Cli.Proxies;

/// <summary>A success of the admin API.</summary>
/// <param name="Json">Undefined where the answer has no body.</param>
/// <param name="ETag">The version of what it shows; null = the proxy gives none.</param>
/// <param name="IsReplayed">Whether it was done before, and nothing was done now.</param>
internal sealed record AdminAnswer(JsonElement Json, string? ETag, bool IsReplayed);
