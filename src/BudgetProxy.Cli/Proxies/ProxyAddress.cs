using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Proxies;

/// <summary>A running proxy, and the key that its admin API takes.</summary>
/// <param name="Url">Ends in a slash.</param>
/// <param name="Patience">How long an answer may take to begin.</param>
internal sealed record ProxyAddress(Uri Url, string Key, TimeSpan Patience)
{
    /// <exception cref="CommandException">It is no address.</exception>
    public static Uri Parse(string url, string source)
    {
        if (Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address is { UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 })
            return address;
        throw CommandException.Misuse($"{source}: '{url}' is not an address such as http://127.0.0.1:8080.");
    }
}
