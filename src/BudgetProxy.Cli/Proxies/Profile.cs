namespace BudgetProxy.Cli.Proxies;

/// <summary>A proxy that is remembered by a name.</summary>
/// <param name="Key">Its admin key; null = it is asked for each time.</param>
internal sealed record Profile(string Url, string? Key);
