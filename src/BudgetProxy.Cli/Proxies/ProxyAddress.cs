namespace BudgetProxy.Cli.Proxies;

/// <summary>A running proxy, and the key that its admin API takes.</summary>
/// <param name="Url">Ends in a slash.</param>
internal sealed record ProxyAddress(Uri Url, string Key);
