using System.Globalization;
using System.Net;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Hosting;

/// <summary>
/// The only place where configuration becomes objects. Every error is collected, so that an operator mends a file in one pass; a key we
/// don't know is an error, since a misspelt limit is a limit that does not hold.
/// </summary>
public sealed class ProxyOptionsReader
{
    private readonly IConfigurationSection _section;
    private readonly List<string> _errors = [];

    private ProxyOptionsReader(IConfigurationSection section) => _section = section;

    /// <summary>Reads the section <c>BudgetProxy</c>. Any error makes <paramref name="options"/> unusable.</summary>
    /// <returns>All errors, each one sentence that names the setting as an environment variable; empty = the options are valid.</returns>
    public static IReadOnlyList<string> Read(IConfiguration configuration, out ProxyOptions options)
    {
        var reader = new ProxyOptionsReader(configuration.GetSection("BudgetProxy"));
        options = reader.ReadAll();
        return reader._errors;
    }

    private ProxyOptions ReadAll()
    {
        RefuseUnknown(
            _section, "", "DataDirectory", "Redis", "Postgres", "AdminKey", "TrustedProxies", "OnStoreOutage", "OnUnpricedModel", "OnClientDisconnect", "AskProviderCount",
            "CountDeadline", "ReservationLifetime", "StoreDeadline", "StopDelay", "DrainLimit", "Providers", "Stripe", "DirectoryFile", "DirectoryFilePrune", "MaxBodyBytes", "MaxBatchBytes",
            "BatchPollInterval", "BatchLifetime", "Allowances", "Alerts");
        var (redis, postgres) = ReadStores();
        return new ProxyOptions
        {
            DataDirectory = Text("DataDirectory") ?? "./data",
            Redis = redis,
            Postgres = postgres,
            AdminKey = ReadAdminKey(),
            TrustedProxies = ReadTrustedProxies(),
            DirectoryFile = Text("DirectoryFile"),
            DirectoryFilePrune = ReadDirectoryFilePrune(),
            AllowOnStoreOutage = ReadOnStoreOutage(distributed: redis is not null && postgres is not null),
            AllowUnpricedModels = Choice("OnUnpricedModel", "reject", "allow"),
            DrainOnDisconnect = Choice("OnClientDisconnect", "cut", "drain"),
            AskProviderCount = Choice("AskProviderCount", "never", "before-refusing"),
            CountDeadline = Duration("CountDeadline", TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(30)),
            ReservationLifetime = Duration("ReservationLifetime", TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            StoreDeadline = Duration("StoreDeadline", TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(10)),
            StopDelay = Duration("StopDelay", TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromMinutes(1)),
            DrainLimit = Duration("DrainLimit", TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            MaxBodyBytes = Integer("MaxBodyBytes", 32 * 1024 * 1024, 1024, 1024 * 1024 * 1024),
            MaxBatchBytes = Integer("MaxBatchBytes", 256 * 1024 * 1024, 1024, 1024 * 1024 * 1024),
            BatchPollInterval = Duration("BatchPollInterval", TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
            BatchLifetime = Duration("BatchLifetime", TimeSpan.FromHours(72), TimeSpan.FromMinutes(1), TimeSpan.FromDays(6)),
            Allowances = ReadAllowances(),
            Alerts = AlertOptionsReader.Read(_section.GetSection("Alerts"), Error),
            Stripe = StripeOptionsReader.Read(_section.GetSection("Stripe"), Error),
            Providers = ReadProviders(),
        };
    }

    private (string? Redis, string? Postgres) ReadStores()
    {
        var (redis, postgres) = (Text("Redis"), Text("Postgres"));
        if (redis is null != postgres is null)
        {
            var (given, missing) = redis is null ? ("Postgres", "Redis") : ("Redis", "Postgres");
            Error(given, $"Redis and Postgres come together: set BudgetProxy__{missing} too, or leave both out to run embedded");
        }

        if (redis is not null && ConnectionStrings.CheckRedis(redis) is { } wrongRedis)
            Error("Redis", wrongRedis);
        if (postgres is not null && ConnectionStrings.CheckPostgres(postgres) is { } wrongPostgres)
            Error("Postgres", wrongPostgres);
        return (redis, postgres);
    }

    private bool ReadOnStoreOutage(bool distributed)
    {
        var allow = Choice("OnStoreOutage", "reject", "allow");
        if (allow && !distributed)
        {
            Error(
                "OnStoreOutage",
                "`allow` needs the distributed mode (Redis and Postgres): embedded, spend would be spooled to the same disk that has just failed");
        }

        return allow && distributed;
    }

    private bool ReadDirectoryFilePrune()
    {
        var prune = Choice("DirectoryFilePrune", "false", "true");
        if (prune && Text("DirectoryFile") is null)
            Error("DirectoryFilePrune", "there is no file to prune by: set BudgetProxy__DirectoryFile");
        return prune;
    }

    private string? ReadAdminKey()
    {
        var key = Text("AdminKey");
        if (key is null)
            return null;
        if (key.Length < 16)
            Error("AdminKey", "an admin key has at least 16 characters; leave it empty to have one made");
        else if (key.AsSpan().ContainsAnyExceptInRange('!', '~'))
            Error("AdminKey", "an admin key is printable ASCII without spaces");
        return key;
    }

    private List<IPNetwork> ReadTrustedProxies()
    {
        var networks = new List<IPNetwork>();
        if (_section.GetSection("TrustedProxies").GetChildren().Any())
            Error("TrustedProxies", "is one text: addresses or networks with commas between them");
        foreach (var text in (Text("TrustedProxies") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // IPv4 only as it is printed: shorter texts and zeros before a number are read as addresses that hardly anybody means.
            var bare = text.Split('/')[0];
            var isPlain = bare.Contains(':', StringComparison.Ordinal) || (IPAddress.TryParse(bare, out var same) && same.ToString() == bare);
            if (isPlain && IPNetwork.TryParse(text, out var network) && network.PrefixLength > 0)
                networks.Add(network);
            else if (isPlain && IPAddress.TryParse(text, out var address))
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else
                Error("TrustedProxies", $"must be addresses or networks with commas between them, such as 127.0.0.1, 10.0.4.0/24, not `{text}`");
        }

        return networks;
    }

    private RouteAllowances ReadAllowances()
    {
        var result = RouteAllowances.Default;
        RefuseValue(_section.GetSection("Allowances"), "Allowances", "a route and an item");
        foreach (var section in _section.GetSection("Allowances").GetChildren())
        {
            var route = result.All.FirstOrDefault(one => one.Route.Equals(section.Key, StringComparison.OrdinalIgnoreCase));
            if (route is null)
                Error($"Allowances:{section.Key}", $"no such route; there are {string.Join(", ", result.All.Select(one => one.Route))}");
            else if (RefuseValue(section, $"Allowances:{route.Route}", "an item"))
                result = section.GetChildren().Aggregate(result, (allowances, child) => ReadAllowance(allowances, route, child));
        }

        return result;
    }

    // True = it has no value of its own.
    private bool RefuseValue(IConfigurationSection section, string name, string below)
    {
        if (!string.IsNullOrWhiteSpace(section.Value))
            Error(name, $"takes no value itself: name {below} below it, such as Allowances__openaiChat__remoteImage");
        return string.IsNullOrWhiteSpace(section.Value);
    }

    private RouteAllowances ReadAllowance(RouteAllowances allowances, Allowances route, IConfigurationSection setting)
    {
        var name = $"Allowances:{route.Route}:{setting.Key}";
        foreach (var item in route.Items)
        {
            if (!Allowances.NameOf(item).Equals(setting.Key, StringComparison.OrdinalIgnoreCase))
                continue;
            if (setting.GetChildren().Any())
                Error($"{name}:{setting.GetChildren().First().Key}", "there are no settings below this one");
            if (Text(name) is not { } text)
                return allowances;
            if (Allowance.TryParse(text, out var allowance))
                return allowances.With(route, item, allowance);
            Error(name, $"must be a whole number of tokens up to {Allowance.MaxTokens}, `window` or `refuse`, not `{text}`");
            return allowances;
        }

        Error(name, $"no such setting; there are {string.Join(", ", route.Items.Select(Allowances.NameOf))}");
        return allowances;
    }

    private Dictionary<Provider, ProviderOptions> ReadProviders()
    {
        var providers = new Dictionary<Provider, ProviderOptions>(ProviderOptions.Defaults);
        foreach (var child in _section.GetSection("Providers").GetChildren())
        {
            if (!ProviderNames.TryParse(child.Key.ToLowerInvariant(), out var provider))
            {
                Error($"Providers:{child.Key}", "not a provider; there are openai, anthropic, azure, bedrock, vertex and ollama");
                continue;
            }

            if (!ProviderOptions.Defaults.ContainsKey(provider))
            {
                Error($"Providers:{child.Key}", "this version forwards to openai and anthropic only");
                continue;
            }

            RefuseUnknown(child, $"Providers:{child.Key}:", "BaseUrl", "ApiKey", "DefaultServiceTier", "Regional");
            var fallback = providers.GetValueOrDefault(provider)?.BaseUrl;
            var url = ReadBaseUrl($"Providers:{child.Key}:BaseUrl", fallback);
            if (url is not null)
                providers[provider] = ReadAccount($"Providers:{child.Key}:", new ProviderOptions(url, ReadApiKey($"Providers:{child.Key}:ApiKey")));
        }

        return providers;
    }

    /// <summary>What the account's own settings add to calls that do not say otherwise.</summary>
    private ProviderOptions ReadAccount(string prefix, ProviderOptions provider) => provider with
    {
        DefaultsToFast = Choice(prefix + "DefaultServiceTier", "standard", "fast"),
        IsRegional = Text(prefix + "Regional") is null ? provider.IsRegional : Choice(prefix + "Regional", "false", "true"),
    };

    private Uri? ReadBaseUrl(string name, Uri? fallback)
    {
        var text = Text(name);
        if (text is null)
        {
            if (fallback is null)
                Error(name, "this provider has no public URL: set its base URL");
            return fallback;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Query.Length > 0 || url.UserInfo.Length > 0)
        {
            Error(name, "must be an absolute http or https URL without query or credentials, such as https://api.openai.com");
            return null;
        }

        if (url.AbsolutePath.TrimEnd('/').EndsWith("/v1", StringComparison.Ordinal))
            Error(name, "the base URL is without the version: drop the /v1 at its end");
        return url;
    }

    private string? ReadApiKey(string name)
    {
        var key = Text(name);
        if (key is not null && key.AsSpan().ContainsAnyExceptInRange('!', '~'))
            Error(name, "an API key is printable ASCII without spaces");
        return key;
    }

    private bool Choice(string name, string off, string on)
    {
        var text = Text(name) ?? off;
        if (text.Equals(on, StringComparison.OrdinalIgnoreCase))
            return true;
        if (!text.Equals(off, StringComparison.OrdinalIgnoreCase))
            Error(name, $"must be `{off}` or `{on}`, not `{text}`");
        return false;
    }

    private TimeSpan Duration(string name, TimeSpan fallback, TimeSpan least, TimeSpan most)
    {
        var text = Text(name);
        if (text is null)
            return fallback;
        if (TimeSpan.TryParseExact(text, ["c", @"h\:mm\:ss"], CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;
        Error(name, $"must be a duration hh:mm:ss or hh:mm:ss.fff from {Shown(least)} to {Shown(most)}, not `{text}`");
        return fallback;
    }

    private static string Shown(TimeSpan span) =>
        span.Milliseconds == 0 ? span.ToString("c", CultureInfo.InvariantCulture) : span.ToString(@"hh\:mm\:ss\.fff", CultureInfo.InvariantCulture);

    private int Integer(string name, int fallback, int least, int most)
    {
        var text = Text(name);
        if (text is null)
            return fallback;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;
        Error(name, $"must be a whole number from {least} to {most}, not `{text}`");
        return fallback;
    }

    private void RefuseUnknown(IConfigurationSection section, string prefix, params ReadOnlySpan<string> known)
    {
        foreach (var child in section.GetChildren())
        {
            var found = false;
            foreach (var name in known)
                found |= name.Equals(child.Key, StringComparison.OrdinalIgnoreCase);
            if (!found)
                Error(prefix + child.Key, $"no such setting; there are {string.Join(", ", known.ToArray())}");
        }
    }

    private string? Text(string name)
    {
        var text = _section[name];
        return string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }

    private void Error(string name, string reason) => _errors.Add($"BudgetProxy__{name.Replace(":", "__", StringComparison.Ordinal)}: {reason}.");
}
