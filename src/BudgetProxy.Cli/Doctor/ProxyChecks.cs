using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Doctor;

/// <summary>Checks a running proxy through its own doors. Each check goes as far as those before it let it.</summary>
internal sealed class ProxyChecks(ProxyAddress proxy)
{
    /// <summary>A store that takes longer is felt in every call; two round trips each.</summary>
    private const decimal SlowStoreMs = 25;

    /// <summary>Windows begin and end by the store's clock: so far off is seen in budgets of a minute.</summary>
    private const long SkewToSeeMs = 1_000;

    private const long SkewThatHurtsMs = 30_000;

    /// <summary>The header has whole seconds, and an answer takes a moment.</summary>
    private const long ReadingMs = 1_500;

    public async IAsyncEnumerable<Finding> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Transport();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = proxy.Url, Timeout = proxy.Patience };
        var (alive, date) = await AliveAsync(http, cancellationToken);
        yield return alive;
        if (alive.Verdict == Verdict.Fail)
            yield break;
        yield return await ReadyAsync(http, cancellationToken);
        if (date is { } at)
            yield return Skew("clock of this machine", at, "the proxy's", "Keep both machines' clocks by NTP: periods that you name are read by this one.");
        using var client = new AdminClient(proxy);
        var key = await KeyAsync(client, cancellationToken);
        yield return key;
        if (key.Verdict == Verdict.Fail)
            yield break;
        var (health, away) = await HealthAsync(client, cancellationToken);
        if (away is not null)
            yield return away;
        foreach (var finding in Of(health))
            yield return finding;
    }

    private Finding Transport()
    {
        var isLocal = proxy.Url.IsLoopback || (IPAddress.TryParse(proxy.Url.DnsSafeHost, out var ip) && (IPAddress.IsLoopback(ip) || ip.AddressFamily == AddressFamily.InterNetworkV6 && ip.IsIPv6LinkLocal));
        return proxy.Url.Scheme == Uri.UriSchemeHttps || isLocal
            ? Finding.Ok("address", proxy.Url.AbsoluteUri)
            : Finding.Warn("address", $"{proxy.Url} is not encrypted", "The admin key and all answers can be read on the way: put TLS before the proxy, and name it with https.");
    }

    private async Task<(Finding Finding, long? SkewMs)> AliveAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var begun = TimeProvider.System.GetTimestamp();
        try
        {
            using var answer = await http.GetAsync(new Uri("healthz", UriKind.Relative), cancellationToken);
            var took = TimeProvider.System.GetElapsedTime(begun);
            if (!answer.IsSuccessStatusCode)
                return (Finding.Fail("proxy", $"answers {(int)answer.StatusCode} at {proxy.Url}healthz", "Something else listens there. Name the proxy's own address with --url or BUDGETPROXY_URL."), null);
            // Seconds are cut, so the middle of that second is the best guess.
            var skew = answer.Headers.Date is { } date ? (long)(date.AddMilliseconds(500) - TimeProvider.System.GetUtcNow() + (took / 2)).TotalMilliseconds : (long?)null;
            return (Finding.Ok("proxy", $"answers in {took.TotalMilliseconds:0} ms"), skew);
        }
        catch (Exception away) when (WhyAway(away, cancellationToken) is { } why)
        {
            return (Finding.Fail("proxy", $"can't be reached at {proxy.Url}: {why}", "Start it, or name where it listens with --url, BUDGETPROXY_URL or a profile."), null);
        }
    }

    private async Task<Finding> ReadyAsync(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("readyz", UriKind.Relative), cancellationToken);
            return answer.IsSuccessStatusCode
                ? Finding.Ok("ready", "takes calls")
                : Finding.Fail("ready", $"answers {(int)answer.StatusCode}: it takes no calls now", "Its store is away, or it is being stopped; see the stores below and the proxy's log.");
        }
        catch (Exception away) when (WhyAway(away, cancellationToken) is { } why)
        {
            return Finding.Fail("ready", $"does not answer whether it takes calls: {why}", "Its store may hang, or it is being stopped; see the stores below and the proxy's log.");
        }
    }

    /// <summary>Why no answer came; null where something else went wrong, or whoever asked broke off.</summary>
    private string? WhyAway(Exception failed, CancellationToken cancellationToken) => failed switch
    {
        HttpRequestException or IOException => failed.Message,
        OperationCanceledException when !cancellationToken.IsCancellationRequested => $"no answer in {proxy.Patience.TotalSeconds:0} seconds",
        _ => null,
    };

    private static async Task<Finding> KeyAsync(AdminClient client, CancellationToken cancellationToken)
    {
        try
        {
            var key = (await client.GetAsync("whoami", cancellationToken)).Json;
            return Finding.Ok("admin key", $"{key.Text("name")}, role {key.Text("role")}");
        }
        catch (ProxyRefusal refusal) when (refusal.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            return Finding.Fail("admin key", refusal.Message, "Take a key from BudgetProxy__AdminKey, from the proxy's first start, or from `budgetproxy admin-keys create`.");
        }
        catch (CommandException unknown) when (unknown is ProxyRefusal || unknown.Code == ExitCode.Unavailable)
        {
            return Finding.Warn("admin key", $"could not be checked: {unknown.Message}", "That is not the key's fault: see the other findings and the proxy's log, and try again.");
        }
        catch (CommandException old)
        {
            return Finding.Warn("admin key", old.Message, "Name the proxy's own address, or update it to one of this command's version.");
        }
    }

    private static async Task<(JsonElement Health, Finding? Away)> HealthAsync(AdminClient client, CancellationToken cancellationToken)
    {
        try
        {
            return ((await client.GetAsync(AdminQuery.Of("health").With("providers", true), cancellationToken)).Json, null);
        }
        catch (CommandException away)
        {
            return (default, Finding.Fail("health", away.Message, "Without it stores, providers, rates and versions can't be checked."));
        }
    }

    private static IEnumerable<Finding> Of(JsonElement health)
    {
        if (health.Text("version") is { } version)
            yield return Version(version);
        foreach (var store in health.Items("stores"))
            yield return Store(store);
        if (health.Whole("clockSkewMs") is { } skew)
            yield return Skew("clock of the store", skew, "the proxy's", "Windows of budgets begin and end by the store's clock: keep both machines' clocks by NTP.");
        if (health.Field("rates") is { } rates)
            yield return Rates(rates);
        foreach (var provider in health.Items("providers"))
            yield return Credential(provider);
        if (health.Field("stripe") is { } stripe)
        {
            foreach (var finding in StripeFindings.Of(stripe))
                yield return finding;
        }
    }

    private static Finding Version(string theirs)
    {
        static string Bare(string version) => version.Split('+')[0];
        var ours = typeof(ProxyChecks).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        return Bare(theirs) == Bare(ours)
            ? Finding.Ok("version", $"{Bare(theirs)}, as this command's")
            : Finding.Warn("version", $"the proxy is {Bare(theirs)}, this command {Bare(ours)}", "Commands may ask for what the proxy has not: take the same version of both.");
    }

    private static Finding Store(JsonElement store)
    {
        var (name, latency, detail) = ($"store {store.Text("name")}", store.Number("latencyMs"), store.Text("detail"));
        if (!store.Is("ok"))
            return Finding.Fail(name, detail ?? "is away", "Calls are refused (503) while it is away, unless BudgetProxy__OnStoreOutage is allow. Start it, or mend its address and password in the proxy's settings.");
        return latency > SlowStoreMs
            ? Finding.Warn(name, $"answers in {latency:0.0} ms", "Every call waits for it twice: bring it nearer to the proxy, or see what keeps it busy.")
            : Finding.Ok(name, $"answers in {latency:0.0} ms{(string.IsNullOrEmpty(detail) ? "" : $"; {detail}")}");
    }

    private static Finding Skew(string check, long milliseconds, string against, string advice)
    {
        var off = Math.Abs(milliseconds);
        // Of the header whole seconds are known; of the store, to the millisecond.
        var seen = check.EndsWith("machine", StringComparison.Ordinal) ? ReadingMs : SkewToSeeMs;
        var detail = off <= seen ? $"within {seen / 1000m:0.#} s of {against}" : $"{off / 1000m:0.0} s {(milliseconds > 0 == check.EndsWith("store", StringComparison.Ordinal) ? "ahead of" : "behind")} {against}";
        return off <= seen ? Finding.Ok(check, detail) : off > SkewThatHurtsMs ? Finding.Fail(check, detail, advice) : Finding.Warn(check, detail, advice);
    }

    private static Finding Rates(JsonElement rates)
    {
        var detail = $"{rates.Whole("rows") ?? 0:#,##0} rows, the newest of {rates.Text("newest")}, {rates.Text("ageDays")} days ago";
        return rates.Is("stale")
            ? Finding.Warn("rates", detail, "Providers change prices every few weeks: budgetproxy rates import model_prices.json")
            : Finding.Ok("rates", detail);
    }

    private static Finding Credential(JsonElement provider)
    {
        var (check, detail) = ($"provider {provider.Text("name")}", $"{provider.Text("baseUrl")}: {provider.Text("detail")}");
        var setting = $"BudgetProxy__Providers__{provider.Text("name")}__ApiKey";
        return provider.Text("credential") switch
        {
            "ok" => Finding.Ok(check, detail),
            "missing" => Finding.Warn(check, detail, $"Calls to it go out without a key, and are refused there: set {setting}, if it is used at all."),
            "refused" => Finding.Fail(check, detail, $"It does not take the proxy's key: set another one in {setting} and restart the proxy."),
            "unreachable" => Finding.Fail(check, detail, "The proxy can't reach it: see its network, DNS and firewall, and the provider's BaseUrl."),
            _ => Finding.Warn(check, detail, "Whether it takes the key is not known: send it a small call."),
        };
    }
}
