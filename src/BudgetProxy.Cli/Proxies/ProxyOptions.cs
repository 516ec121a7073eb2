using System.CommandLine;

namespace BudgetProxy.Cli.Proxies;

/// <summary>How a command is told of a running proxy; every command that speaks to one takes these.</summary>
internal sealed class ProxyOptions
{
    /// <summary>The environment's name for the key: on a command line, other users of the machine can see it.</summary>
    public const string KeyVariable = "BUDGETPROXY_ADMIN_KEY";

    public Option<string?> Url { get; } = new("--url") { Description = "Ask the running proxy at this address", HelpName = "http://host:8080" };

    public Option<string?> Key { get; } = new("--key") { Description = $"Its admin key, any role; better in {KeyVariable}", HelpName = "key" };

    public void AddTo(Command command)
    {
        command.Add(Url);
        command.Add(Key);
    }

    /// <summary>The proxy that was named; null where none was.</summary>
    /// <exception cref="CommandException">The address is none, or there is no key.</exception>
    public ProxyAddress? Read(ParseResult parsed)
    {
        var (url, key) = (parsed.GetValue(Url), parsed.GetValue(Key));
        if (url is null)
            return key is null ? null : throw CommandException.Misuse("--key is for a running proxy: name it with --url.");
        if (!Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw CommandException.Misuse($"--url: '{url}' is not an address such as http://127.0.0.1:8080.");
        key = (key ?? Environment.GetEnvironmentVariable(KeyVariable))?.Trim();
        if (string.IsNullOrEmpty(key))
            throw CommandException.Misuse($"--url needs an admin key: set {KeyVariable}, or give --key.");
        return key.All(letter => letter is > ' ' and <= '~') ? new ProxyAddress(address, key) : throw CommandException.Misuse("The admin key holds a character that no key has.");
    }
}
