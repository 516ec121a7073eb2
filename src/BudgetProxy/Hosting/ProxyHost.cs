using System.Net.Sockets;
using BudgetProxy.Admin;
using BudgetProxy.Alerts;
using BudgetProxy.Audit;
using BudgetProxy.Batches;
using BudgetProxy.Billing;
using BudgetProxy.Checks;
using BudgetProxy.Core.Learning;
using BudgetProxy.Core.Tokens;
using BudgetProxy.DirectoryFile;
using BudgetProxy.Dashboard;
using BudgetProxy.Forwarding;
using BudgetProxy.Gateway;
using BudgetProxy.Insight;
using BudgetProxy.Invoices;
using BudgetProxy.Learning;
using BudgetProxy.OpenApi;
using BudgetProxy.Rates;
using BudgetProxy.Runs;
using BudgetProxy.Stripe;
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
        // Its keys stand in the store unencrypted, which it warns of: Dashboard/README.md says why that is enough.
        ["Logging:LogLevel:Microsoft.AspNetCore.DataProtection"] = "Error",
    };

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
            return await TellAsync(wrong);
        }

        await using (app)
        {
            using var signals = new StopSignals(app.Services.GetRequiredService<CallDrain>().Hurry);
            try
            {
                await app.StartAsync();
            }
            catch (OperationCanceledException)
            {
                // Told to stop before it served.
                await app.StopAsync();
                return 0;
            }
            catch (ConfigurationException wrong)
            {
                await app.StopAsync();
                return await TellAsync(wrong);
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

    /// <summary>
    /// Brings the database of this configuration to this version and ends; nothing is served. Exit code 0 = it is up to date, 1 = it is not, and
    /// standard error says why.
    /// </summary>
    /// <param name="args">Options of serving.</param>
    public static async Task<int> MigrateAsync(string[] args)
    {
        try
        {
            Configure(args, out var options);
            await Console.Out.WriteLineAsync(await StoreParts.MigrateAsync(options));
            return 0;
        }
        catch (ConfigurationException wrong)
        {
            return await TellAsync(wrong);
        }
    }

    /// <summary>Puts the proxy together without starting it; the store is open when this returns.</summary>
    /// <exception cref="ConfigurationException">Something in the configuration, or the data directory, can't be used.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = Configure(args, out var options);
        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"]))
            builder.WebHost.UseUrls(DefaultUrl);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // We hold our own limit, and answer it in the provider's shape; Kestrel's would cut the connection under that answer.
            kestrel.Limits.MaxRequestBodySize = null;
            var drain = kestrel.ApplicationServices.GetRequiredService<CallDrain>();
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(next => connection => drain.ServeAsync(connection, next)));
        });
        builder.Host.ConfigureHostOptions(host => host.ShutdownTimeout = CallDrain.LimitOf(options));
        AddParts(builder.Services, options);
        var app = builder.Build();
        // Beside the opening of the store, so that no caller pays for the vocabularies.
        var vocabularies = Task.Run(TokenCounter.LoadAll);
        StoreParts.Open(app.Services, options);
        BillingParts.GuardIds(app.Services);
        vocabularies.Wait();
        // Made before the first event, so that none goes uncounted.
        app.Services.GetRequiredService<PrometheusText>();
        app.UseAdminPipe();
        app.UseRouting();
        app.MapHealth();
        app.MapMetrics();
        app.MapGateway();
        app.MapBatches();
        app.MapChecks();
        app.MapAdmin();
        app.MapStripe();
        app.MapDashboard();
        app.MapOpenApiDocument();
        app.MapFallback(static context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return context.Response.WriteAsync("Nothing is served here. Providers are under /openai/v1 and /anthropic/v1, the admin API under /admin/v1, the dashboard under /admin.\n");
        });
        return app;
    }

    /// <summary>Reads the configuration as every command does.</summary>
    private static WebApplicationBuilder Configure(string[] args, out ProxyOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        // Below any configuration: a log line for each call would cost more than the call.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
        var errors = ProxyOptionsReader.Read(builder.Configuration, out options);
        return errors.Count == 0 ? builder : throw new ConfigurationException(errors);
    }

    private static async Task<int> TellAsync(ConfigurationException wrong)
    {
        foreach (var error in wrong.Errors)
            await Console.Error.WriteLineAsync(error);
        return 1;
    }

    private static void AddParts(IServiceCollection services, ProxyOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<RefusalTally>();
        services.AddSingleton<ProxyMetrics>();
        services.AddSingleton<PrometheusText>();

        if (options.IsDistributed)
            services.AddDistributedStore(options);
        else
            services.AddEmbeddedStore(options);
        services.AddSingleton<TenantDirectory>();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<RateTable>();
        services.AddSingleton<RateAge>();
        services.AddHostedService(provider => provider.GetRequiredService<RateAge>());
        services.AddSingleton<Rerating>();
        services.AddHostedService<DirectoryStart>();
        services.AddDirectoryFile();

        services.AddAdmin();
        services.AddOpenApiDocument();
        services.AddInsight();
        services.AddInvoices();
        services.AddDashboard(options.TrustedProxies);

        services.AddHttpForwarder();
        services.AddSingleton<CallsInFlight>();
        services.AddSingleton<ProviderTargets>();
        services.AddSingleton<ProviderForwarder>();

        services.AddSingleton<CallIdentifier>();
        services.AddSingleton<PromptMemory>();
        services.AddSingleton<Learner>(_ => new Learner());
        services.AddSingleton<CallMemory>();
        services.AddSingleton<RunLimits>();
        services.AddHostedService(provider => provider.GetRequiredService<RunLimits>());
        services.AddSingleton<CallQuoter>();
        services.AddSingleton<CountThrottle>();
        services.AddSingleton<ProviderCount>();
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
        services.AddHostedService<LearningKeeper>();
        services.AddBatches();
        services.AddAlerts();
        services.AddChecks();
        services.AddSingleton<ExportView>();
        if (options.Stripe is { } stripe)
            services.AddStripe(stripe).AddBilling(stripe);
        // Last, so that it stops before all others: they serve the settling that it waits for.
        services.AddSingleton<CallDrain>();
        services.AddHostedService(provider => provider.GetRequiredService<CallDrain>());
    }
}
