using System.Net.Sockets;
using BudgetProxy.Admin;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Embedded;
using BudgetProxy.Forwarding;
using BudgetProxy.Gateway;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;
using BudgetProxy.Tenants;
using Microsoft.Extensions.Configuration.Memory;

namespace BudgetProxy.Hosting;

/// <summary>The composition root: reads the configuration, puts the parts together, opens the store, serves.</summary>
public static class ProxyHost
{
    public const string DefaultUrl = "http://127.0.0.1:8080";

    private static readonly Dictionary<string, string?> Defaults = new()
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:Yarp"] = "Error",
        // A start that fails is told in one line of our own.
        ["Logging:LogLevel:Microsoft.Extensions.Hosting"] = "Critical",
    };

    /// <summary>How long calls in flight may finish after SIGTERM.</summary>
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(60);

    /// <summary>Serves until told to stop. Exit code 0 = stopped in order, 1 = the configuration or the data directory can't be used.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        WebApplication app;
        try
        {
            app = Build(args);
        }
        catch (ConfigurationException wrong)
        {
            foreach (var error in wrong.Errors)
                await Console.Error.WriteLineAsync(error);
            return 1;
        }

        await using (app)
        {
            try
            {
                await app.StartAsync();
            }
            catch (Exception wrong) when (wrong is IOException or FormatException or InvalidOperationException or SocketException)
            {
                await Console.Error.WriteLineAsync($"Can't listen: {wrong.Message} Choose another address with --urls.");
                await app.StopAsync();
                return 1;
            }

            await app.WaitForShutdownAsync();
        }

        return 0;
    }

    /// <summary>Puts the proxy together without starting it; the store is open when this returns.</summary>
    /// <exception cref="ConfigurationException">Something in the configuration, or the data directory, can't be used.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        // Below any configuration: a log line for each call would cost more than the call.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
        var errors = ProxyOptionsReader.Read(builder.Configuration, out var options);
        if (errors.Count > 0)
            throw new ConfigurationException(errors);

        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"]))
            builder.WebHost.UseUrls(DefaultUrl);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // We hold our own limit, and answer it in the provider's shape; Kestrel's would cut the connection under that answer.
            kestrel.Limits.MaxRequestBodySize = null;
        });
        builder.Host.ConfigureHostOptions(host => host.ShutdownTimeout = ShutdownLimit);
        AddParts(builder.Services, options);
        var app = builder.Build();
        // Beside the opening of the store, so that no caller pays for the vocabularies.
        var vocabularies = Task.Run(TokenCounter.LoadAll);
        OpenStore(app.Services, options);
        vocabularies.Wait();
        // Made before the first event, so that none goes uncounted.
        app.Services.GetRequiredService<PrometheusText>();
        app.MapHealth();
        app.MapMetrics();
        app.MapGateway();
        app.MapAdmin();
        app.MapFallback(static context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return context.Response.WriteAsync("Nothing is served here. Providers are under /openai/v1 and /anthropic/v1, the admin API under /admin/v1.\n");
        });
        return app;
    }

    private static void OpenStore(IServiceProvider services, ProxyOptions options)
    {
        try
        {
            var store = services.GetRequiredService<EmbeddedStore>();
            services.GetRequiredService<ProxyMetrics>().WatchStore(() => store.OpenReservations, () => store.Commits, () => store.Steps);
        }
        catch (Exception failed) when (failed is InvalidOperationException or IOException or UnauthorizedAccessException or StoreUnavailableException)
        {
            throw new ConfigurationException([$"BudgetProxy__DataDirectory: {options.DataDirectory} can't be used: {failed.Message}"]);
        }
    }

    private static void AddParts(IServiceCollection services, ProxyOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(RateCard.Shipped);
        services.AddSingleton<ProxyMetrics>();
        services.AddSingleton<PrometheusText>();

        services.AddSingleton(_ => new EmbeddedDatabase(options.DataDirectory));
        services.AddSingleton<EmbeddedStore>();
        services.AddSingleton<IReservationStore>(provider => provider.GetRequiredService<EmbeddedStore>());
        services.AddSingleton<ILedger>(provider => provider.GetRequiredService<EmbeddedStore>());
        services.AddSingleton<IDirectoryStore, SqliteDirectoryStore>();
        services.AddSingleton<TenantDirectory>();
        services.AddHostedService<DirectoryStart>();

        services.AddAdmin();

        services.AddHttpForwarder();
        services.AddSingleton<ProviderTargets>();
        services.AddSingleton<ProviderForwarder>();

        services.AddSingleton<CallIdentifier>();
        services.AddSingleton<CallQuoter>();
        services.AddSingleton<CallReserver>();
        services.AddSingleton<CallForwarder>();
        services.AddSingleton<CallBooks>();
        services.AddSingleton<CallSettler>();
        services.AddSingleton<RequestFlow>();
        services.AddSingleton<FreeRouteFlow>();
        services.AddSingleton<EstimateEndpoint>();
        services.AddSingleton<UnsettledCalls>();
        services.AddHostedService(provider => provider.GetRequiredService<UnsettledCalls>());
        services.AddHostedService<ReservationExpiry>();
        services.AddHostedService<DriftWatch>();
    }
}
