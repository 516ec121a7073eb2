using System.CommandLine;
using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Proxies;

/// <summary>How a command is told of a running proxy; every command that speaks to one takes these.</summary>
/// <remarks>
/// The most particular wins: <c>--url</c>, then <c>--profile</c>, then BUDGETPROXY_URL, then BUDGETPROXY_PROFILE or the profile in use, then the address where a proxy listens
/// when it is told nothing. A profile's key goes to that profile's address alone, and the environment's key to a profile that keeps none only where
/// the environment names the same address: else a key would be shown to a proxy that it was not meant for.
/// </remarks>
internal sealed class ProxyOptions
{
    public const string UrlVariable = "BUDGETPROXY_URL";

    /// <summary>The environment's name for the key: on a command line, other users of the machine can see it.</summary>
    public const string KeyVariable = "BUDGETPROXY_ADMIN_KEY";

    public const string ProfileVariable = "BUDGETPROXY_PROFILE";

    private const string DefaultUrl = "http://127.0.0.1:8080";

    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(30);

    private readonly Option<string?> _url = new("--url") { Description = $"The running proxy's address; else {UrlVariable}, or a profile's", HelpName = "http://host:8080" };
    private readonly Option<string?> _key = new("--key") { Description = $"Its admin key; others on this machine see it here: better {KeyVariable} or --key-file", HelpName = "key" };
    private readonly Option<string?> _keyFile = new("--key-file") { Description = "A file with its admin key; - is standard input", HelpName = "file" };
    private readonly Option<string?> _profile = new("--profile") { Description = "A proxy by the name that `budgetproxy profile set` gave it", HelpName = "name" };
    private readonly Option<TimeSpan?> _timeout = new("--timeout") { Description = "How long an answer may take; 30s for most commands, where left out", HelpName = "30s", CustomParser = QuantityText.Duration };

    public void AddTo(Command command)
    {
        _profile.CompletionSources.Add(_ => ProfileStore.Names());
        foreach (var option in new Option[] { _url, _key, _keyFile, _profile, _timeout })
            command.Add(option);
    }

    /// <summary>The proxy that was named on the command line; null where none was.</summary>
    /// <exception cref="CommandException">The address is none, or there is no key.</exception>
    public ProxyAddress? Read(ParseResult parsed)
    {
        if (parsed.GetValue(_url) is not null || parsed.GetValue(_profile) is not null)
            return Require(parsed);
        return parsed.GetValue(_key) is null && parsed.GetValue(_keyFile) is null
            ? null
            : throw CommandException.Misuse("--key is for a running proxy: name it with --url.");
    }

    /// <summary>The proxy that the command line, the environment or a profile names.</summary>
    /// <param name="patience">How long an answer may take where the command line does not say; null = half a minute.</param>
    /// <exception cref="CommandException">The address is none, or there is no key.</exception>
    public ProxyAddress Require(ParseResult parsed, TimeSpan? patience = null)
    {
        var (url, key, profile) = Resolve(parsed);
        key = (GivenKey(parsed) ?? key)?.Trim();
        if (string.IsNullOrEmpty(key))
        {
            if (profile is not null)
                throw CommandException.Misuse(Keyless(profile, url));
            throw CommandException.Misuse(
                $"{(parsed.GetValue(_url) is null ? $"The proxy at {url}" : "--url")} needs an admin key: set {KeyVariable}, give --key-file, or keep it with `budgetproxy profile set`.");
        }

        return key.All(letter => letter is > ' ' and <= '~')
            ? new ProxyAddress(url, key, parsed.GetValue(_timeout) ?? patience ?? DefaultPatience)
            : throw CommandException.Misuse("The admin key holds a character that no key has.");
    }

    /// <summary>The key as it was given beside the address; null where it was not.</summary>
    /// <exception cref="CommandException">It is given twice, or its file can't be read.</exception>
    public string? GivenKey(ParseResult parsed)
    {
        var (key, file) = (parsed.GetValue(_key), parsed.GetValue(_keyFile));
        if (key is not null && file is not null)
            throw CommandException.Misuse("--key and --key-file: give one of the two.");
        return file is null ? key : KeyFile.Read(file);
    }

    private (Uri Url, string? Key, string? Profile) Resolve(ParseResult parsed)
    {
        if (parsed.GetValue(_url) is { } url)
        {
            return parsed.GetValue(_profile) is null
                ? (ProxyAddress.Parse(url, "--url"), Variable(KeyVariable), null)
                : throw CommandException.Misuse("--url and --profile: give one of the two.");
        }

        if (parsed.GetValue(_profile) is { } named)
            return OfProfile(named);
        if (Variable(UrlVariable) is { } address)
            return (ProxyAddress.Parse(address, UrlVariable), Variable(KeyVariable), null);
        if ((Variable(ProfileVariable) ?? ProfileStore.Read().Current) is { } profile)
            return OfProfile(profile);
        return (ProxyAddress.Parse(DefaultUrl, "--url"), Variable(KeyVariable), null);
    }

    private static (Uri Url, string? Key, string? Profile) OfProfile(string name)
    {
        var (url, key) = Find(name);
        return (url, key ?? (url == EnvironmentUrl() ? Variable(KeyVariable) : null), name);
    }

    /// <summary>The address that the environment's key is for.</summary>
    private static Uri EnvironmentUrl() =>
        Variable(UrlVariable) is { } address ? ProxyAddress.Parse(address, UrlVariable)
        : Variable(ProfileVariable) is { } profile ? Find(profile).Url
        : ProxyAddress.Parse(DefaultUrl, "--url");

    private static string Keyless(string profile, Uri url) =>
        $"Profile {profile} keeps no key: give --key-file, or keep it with `budgetproxy profile set {profile} --url {url} --key-file FILE`."
        + (Variable(KeyVariable) is null ? "" : $" The one in {KeyVariable} is for {EnvironmentUrl()}; to use it here, give `--url {url}` in the profile's place.");

    private static (Uri Url, string? Key) Find(string name)
    {
        var profiles = ProfileStore.Read().Profiles;
        return profiles.TryGetValue(name, out var profile)
            ? (ProxyAddress.Parse(profile.Url, $"profile {name}"), profile.Key)
            : throw CommandException.Misuse($"There is no profile '{name}'. There {(profiles.Count == 0 ? "are none; make one with `budgetproxy profile set`" : $"are: {string.Join(", ", profiles.Keys)}")}.");
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
}
