using System.Reflection;

namespace BudgetProxy.Hosting;

/// <summary>What the program says of itself when it is not serving.</summary>
public static class CommandLine
{
    private const string Text = """
        BudgetProxy stands before OpenAI and Anthropic, prices every call before it leaves, and refuses the call that would go over a budget.

          dotnet run --project src/BudgetProxy -c Release              serve on http://127.0.0.1:8080
          dotnet run --project src/BudgetProxy -c Release -- demo      show the main job with no key and no network
          ... -- --migrate-only        bring the database to this version and end; options of serving as below
          ... -- --health [URL]        ask http://127.0.0.1:8080/readyz, or this URL, and end; exit code 0 = ready

        Options of serving:
          --urls http://127.0.0.1:8080      where to listen; several are separated by ;
          --BudgetProxy:NAME value          any setting below, as on any .NET host

        Settings, as environment variables (appsettings.json and the command line work too):
          BudgetProxy__DataDirectory                   where SQLite keeps all state                    ./data
          BudgetProxy__Redis                           host:port,password=...  Both together: several  embedded
          BudgetProxy__Postgres                        Host=...;Password=...   proxies, shared budgets embedded
          BudgetProxy__AdminKey                        bootstrap admin key, 16 characters or more      made and printed once
          BudgetProxy__TrustedProxies                  a,b/8: their X-Forwarded-For is believed        none
          BudgetProxy__Providers__openai__BaseUrl      without the /v1                                 https://api.openai.com
          BudgetProxy__Providers__openai__ApiKey       the provider's real key                         none
          BudgetProxy__Providers__anthropic__BaseUrl                                                   https://api.anthropic.com
          BudgetProxy__Providers__anthropic__ApiKey                                                    none
          BudgetProxy__DirectoryFile                   YAML of tenants, keys, budgets; kept in force   none
          BudgetProxy__DirectoryFilePrune              true = delete what that file lacks              false
          BudgetProxy__OnStoreOutage                   reject | allow (not embedded; booked later)     reject
          BudgetProxy__OnUnpricedModel                 reject | allow (recorded at cost 0)             reject
          BudgetProxy__OnClientDisconnect              cut | drain (read on, charge exact usage)       cut
          BudgetProxy__ReservationLifetime             hh:mm:ss before an open call is charged         00:10:00
          BudgetProxy__StoreDeadline                   hh:mm:ss.fff that a call to Redis may take      00:00:00.250
          BudgetProxy__StopDelay                       on SIGTERM: not ready, and still serving        00:00:00
          BudgetProxy__DrainLimit                      then: calls in flight may finish, or are cut    00:01:00
          BudgetProxy__MaxBodyBytes                    largest request body, or line of a batch        33554432
          BudgetProxy__MaxBatchBytes                   largest batch, as a file or a body              268435456
          BudgetProxy__BatchPollInterval               how often an open batch is asked after          00:00:30
          BudgetProxy__BatchLifetime                   then what has not ended is charged as presumed  3.00:00:00
          BudgetProxy__Alerts__RetentionDays           how long alerts and deliveries are kept         30
          BudgetProxy__Alerts__VelocityFloorUsd        less in five minutes never rings                1.00
          BudgetProxy__Alerts__Smtp__Host              mail of every alert; with From and To           off
          BudgetProxy__Alerts__Smtp__Port              __User, __Password, __From, __To (a,b),         587
          BudgetProxy__Alerts__Smtp__Tls               starttls | implicit | none                      starttls
          BudgetProxy__Stripe__ApiKey                  sk_... or rk_...: usage is sent to Stripe       off
          BudgetProxy__Stripe__MeterEventName          the meter of micro-dollars                      budgetproxy_micro_usd
          BudgetProxy__Stripe__SecondMeterEventName    another; __SecondMeterUnit tokens | requests    none
          BudgetProxy__Stripe__Markup                  value | price (then events carry the cost)      value
          BudgetProxy__Stripe__From                    usage settled before is never sent              when first on
          BudgetProxy__Stripe__Interval                how often usage is sent                         00:10:00
          BudgetProxy__Stripe__Grace                   later than this, it is stamped when sent        01:00:00
          BudgetProxy__Stripe__WebhookSecret           whsec_...: POST /webhooks/stripe is served      not served
          BudgetProxy__Stripe__RequestsPerSecond       most; half of Stripe's limits                   500, test key 10
          BudgetProxy__Stripe__BaseUrl                                                                 https://api.stripe.com

        README.md has the rest.
        """;

    /// <summary>Among the options of serving: migrate and end.</summary>
    public const string MigrateOnly = "--migrate-only";

    private static readonly TimeSpan HealthLimit = TimeSpan.FromSeconds(3);

    public static int Help()
    {
        Console.WriteLine(Text);
        return 0;
    }

    public static int Version()
    {
        Console.WriteLine(typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
        return 0;
    }

    /// <summary>Asks a running proxy whether it is ready, as a container's health check must, where there is no other program to ask with.</summary>
    /// <param name="rest">The URL to ask; none = the readiness of a proxy at its default address.</param>
    /// <returns>Exit code 0 = it answered 2xx.</returns>
    public static async Task<int> HealthAsync(string[] rest)
    {
        var text = rest.Length == 0 ? ProxyHost.DefaultUrl + "/readyz" : rest[0];
        if (rest.Length > 1 || !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            await Console.Error.WriteLineAsync("--health takes one http or https URL.");
            return 1;
        }

        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = HealthLimit };
        try
        {
            using var response = await client.GetAsync(url);
            await (response.IsSuccessStatusCode ? Console.Out : Console.Error).WriteLineAsync((await response.Content.ReadAsStringAsync()).Trim());
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception failed) when (failed is HttpRequestException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"No answer from {url}: {failed.Message}");
            return 1;
        }
    }

    public static int Unknown(string word)
    {
        Console.Error.WriteLine($"There is no command '{word}'. Run without a command to serve, with `demo` to see the main job, or with --help.");
        return 1;
    }
}
