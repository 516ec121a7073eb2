using System.Text.Json;

namespace BudgetProxy.Cli.Proxies;

/// <summary>Part of a list.</summary>
/// <param name="Next">What to go on after; null = this was the end.</param>
internal sealed record AdminPage(IReadOnlyList<JsonElement> Items, string? Next);
