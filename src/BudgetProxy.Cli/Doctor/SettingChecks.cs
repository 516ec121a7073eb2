using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace BudgetProxy.Cli.Doctor;

/// <summary>
/// Checks the settings of a proxy that does not run yet by what they name: stores, providers, folders. Whether each is spelled right is the proxy's own to say: it does
/// at its start, all errors at once.
/// </summary>
internal sealed class SettingChecks(Settings settings)
{
    /// <summary>Fewer bytes free than this soon end in 503 for every call.</summary>
    private const long LeastFreeBytes = 1L << 30;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async IAsyncEnumerable<Finding> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Key();
        yield return Folder();
        var (redis, postgres) = (settings["Redis"], settings["Postgres"]);
        if (redis is null != postgres is null)
        {
            yield return Finding.Fail(
                "stores", redis is null ? "BudgetProxy__Postgres without BudgetProxy__Redis" : "BudgetProxy__Redis without BudgetProxy__Postgres",
                "They come together: set both, or neither to run embedded.");
        }

        if (redis is null && postgres is null)
            yield return Finding.Ok("stores", "embedded: SQLite in the data folder, one proxy alone");
        if (redis is not null)
            yield return await RedisAsync(redis, cancellationToken);
        if (postgres is not null)
            yield return await PostgresAsync(postgres, cancellationToken);
        foreach (var (provider, url) in new[] { ("openai", "https://api.openai.com"), ("anthropic", "https://api.anthropic.com") })
            yield return await ProviderAsync(provider, url, cancellationToken);
        if (settings["Stripe__ApiKey"] is { } stripe)
            yield return await StripeAsync(stripe, cancellationToken);
        if (settings["DirectoryFile"] is { } file)
            yield return File.Exists(file) ? Finding.Ok("directory file", file) : Finding.Fail("directory file", $"there is no {file}", "Make it with `budgetproxy export`, or mend BudgetProxy__DirectoryFile.");
    }

    private Finding Key() => settings["AdminKey"] switch
    {
        null => Finding.Ok("admin key", "none is set: the proxy makes one at its first start and prints it once"),
        { Length: < 16 } => Finding.Fail("admin key", "BudgetProxy__AdminKey is shorter than 16 characters", "Make one: openssl rand -hex 24"),
        _ => Finding.Ok("admin key", "is set"),
    };

    private Finding Folder()
    {
        var path = settings["DataDirectory"] ?? "./data";
        var there = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(there);
            var probe = Path.Combine(there, $".doctor-{Environment.ProcessId}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
            var free = new DriveInfo(there).AvailableFreeSpace;
            return free < LeastFreeBytes
                ? Finding.Warn("data folder", $"{there} has {free >> 20:#,##0} MiB free", "When the disk is full, calls are refused: make room.")
                : Finding.Ok("data folder", $"{there}, {free >> 30:#,##0} GiB free");
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            return Finding.Fail("data folder", $"{there} can't be written: {wrong.Message}", "Give the proxy's user the folder, or set BudgetProxy__DataDirectory to one that it has.");
        }
    }

    /// <summary>Asks for a PONG; a server that first wants a password is one too.</summary>
    private static async Task<Finding> RedisAsync(string text, CancellationToken cancellationToken)
    {
        // Options, the password among them, may stand before the server too; and a password must not be shown.
        if (text.Split(',', StringSplitOptions.TrimEntries).FirstOrDefault(part => part.Length > 0 && !part.Contains('=', StringComparison.Ordinal)) is not { } end)
            return Finding.Fail("store redis", "BudgetProxy__Redis names no server", "Name one, and after it the options: host:6379,password=…");
        end = end[(end.LastIndexOf('@') + 1)..];
        var encrypted = text.Contains("ssl=true", StringComparison.OrdinalIgnoreCase);
        var (host, port) = HostOf(end, 6379);
        return await GreetAsync("store redis", host, port, encrypted ? [] : "PING\r\n"u8.ToArray(), answer => answer is (byte)'+' or (byte)'-', "BudgetProxy__Redis", cancellationToken);
    }

    /// <summary>Asks whether it would encrypt, which every Postgres answers with one letter before any password.</summary>
    private static async Task<Finding> PostgresAsync(string text, CancellationToken cancellationToken)
    {
        var parts = text.Split(';').Select(part => part.Split('=', 2)).Where(part => part.Length == 2)
            .ToLookup(part => part[0].Trim(), part => part[1].Trim(), StringComparer.OrdinalIgnoreCase);
        var host = parts["Host"].Concat(parts["Server"]).FirstOrDefault() ?? "localhost";
        if (host.StartsWith('/'))
            return File.Exists(host) || Directory.Exists(host) ? Finding.Ok("store postgres", $"socket {host}") : Finding.Fail("store postgres", $"there is no socket {host}", "Start Postgres, or mend BudgetProxy__Postgres.");
        var port = int.TryParse(parts["Port"].FirstOrDefault(), out var named) ? named : 5432;
        byte[] askEncryption = [0, 0, 0, 8, 4, 210, 22, 47];
        return await GreetAsync("store postgres", host.Split(',')[0], port, askEncryption, answer => answer is (byte)'S' or (byte)'N' or (byte)'E', "BudgetProxy__Postgres", cancellationToken);
    }

    private static async Task<Finding> GreetAsync(string check, string host, int port, byte[] greeting, Func<byte, bool> isKnown, string setting, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Patience);
        var begun = TimeProvider.System.GetTimestamp();
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(host, port, late.Token);
            if (greeting.Length > 0)
            {
                await socket.GetStream().WriteAsync(greeting, late.Token);
                var answer = new byte[1];
                if (await socket.GetStream().ReadAsync(answer, late.Token) == 0 || !isKnown(answer[0]))
                    return Finding.Fail(check, $"what listens at {host}:{port} is something else", $"Mend {setting}.");
            }

            return Finding.Ok(check, $"{host}:{port} answers in {TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds:0.0} ms; its password is for the proxy to try");
        }
        catch (Exception away) when (away is SocketException or IOException || (away is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return Finding.Fail(check, $"{host}:{port} can't be reached: {(away is OperationCanceledException ? $"no answer in {Patience.TotalSeconds:0} seconds" : away.Message)}", $"Start it, or mend {setting}.");
        }
    }

    private async Task<Finding> ProviderAsync(string provider, string usual, CancellationToken cancellationToken)
    {
        var (check, setting) = ($"provider {provider}", $"BudgetProxy__Providers__{provider}__ApiKey");
        var url = settings[$"Providers__{provider}__BaseUrl"] ?? usual;
        if (settings[$"Providers__{provider}__ApiKey"] is not { } key)
            return Finding.Warn(check, "no key", $"Calls to it go out without a key, and are refused there: set {setting}, if it is used at all.");
        if (!Uri.TryCreate(url.TrimEnd('/') + "/v1/models", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            return Finding.Fail(check, $"'{url}' is no address", $"Mend BudgetProxy__Providers__{provider}__BaseUrl.");
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = Patience };
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (provider == "openai")
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        else
        {
            request.Headers.TryAddWithoutValidation("x-api-key", key);
            request.Headers.TryAddWithoutValidation("anthropic-version", "2023-06-01");
        }

        try
        {
            using var answer = await http.SendAsync(request, cancellationToken);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => Finding.Ok(check, $"{url} takes the key"),
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Finding.Fail(check, $"{url} answers {(int)answer.StatusCode}", $"It does not take the key: set another one in {setting}."),
                var other => Finding.Warn(check, $"{url} answers {(int)other}", "Whether it takes the key is not known."),
            };
        }
        catch (Exception away) when (away is HttpRequestException || (away is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return Finding.Fail(check, $"{url} can't be reached", "See network, DNS and firewall, and the provider's BaseUrl.");
        }
    }

    /// <summary>Asks for a meter, which costs nothing.</summary>
    private async Task<Finding> StripeAsync(string key, CancellationToken cancellationToken)
    {
        const string Check = "stripe key";
        var url = settings["Stripe__BaseUrl"] ?? "https://api.stripe.com";
        if (!Uri.TryCreate(url.TrimEnd('/') + "/v1/billing/meters?limit=1", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            return Finding.Fail(Check, $"'{url}' is no address", "Mend BudgetProxy__Stripe__BaseUrl, or leave it out.");
        if (address.Scheme == "http" && !address.IsLoopback)
            return Finding.Fail(Check, $"{url} is not encrypted", "The key would go there: name Stripe with https, or leave BudgetProxy__Stripe__BaseUrl out.");
        // As the proxy does: to Stripe through the environment's proxy, where there is one.
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = !address.IsLoopback, AllowAutoRedirect = false }) { Timeout = Patience };
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        request.Headers.TryAddWithoutValidation("Stripe-Version", "2026-07-29.dahlia");
        try
        {
            using var answer = await http.SendAsync(request, cancellationToken);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => Finding.Ok(Check, $"{url} takes the key; its meters: budgetproxy doctor, once the proxy runs"),
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Finding.Fail(
                    Check, $"{url} answers {(int)answer.StatusCode}", "It does not take the key, or the key may not read meters: set another one in BudgetProxy__Stripe__ApiKey."),
                var other => Finding.Warn(Check, $"{url} answers {(int)other}", "Whether it takes the key is not known."),
            };
        }
        catch (Exception away) when (away is HttpRequestException || (away is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return Finding.Fail(Check, $"{url} can't be reached", "See network, DNS and firewall. Usage waits meanwhile, and none is lost.");
        }
    }

    private static (string Host, int Port) HostOf(string end, int usual)
    {
        var colon = end.LastIndexOf(':');
        return colon > 0 && int.TryParse(end[(colon + 1)..], out var port) ? (end[..colon].Trim('[', ']'), port) : (end, usual);
    }
}
