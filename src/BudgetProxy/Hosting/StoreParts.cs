using BudgetProxy.Alerts;
using BudgetProxy.Audit;
using BudgetProxy.Batches;
using BudgetProxy.Billing;
using BudgetProxy.Checks;
using BudgetProxy.Core.Rates;
using BudgetProxy.Distributed;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Embedded;
using BudgetProxy.Insight;
using BudgetProxy.Invoices;
using BudgetProxy.Learning;
using BudgetProxy.Ledger;
using BudgetProxy.Rates;
using BudgetProxy.Reservations;
using BudgetProxy.Runs;
using BudgetProxy.Stripe;
using BudgetProxy.Tenants;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace BudgetProxy.Hosting;

/// <summary>Puts the stores behind the seams: SQLite for one proxy, or Redis and Postgres for any number.</summary>
internal static class StoreParts
{
    /// <summary>How long a start waits for Redis and Postgres, which may be starting too.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan StartPause = TimeSpan.FromSeconds(1);

    public static void AddEmbeddedStore(this IServiceCollection services, ProxyOptions options)
    {
        services.AddSingleton(_ => new EmbeddedDatabase(options.DataDirectory));
        services.AddSingleton<EmbeddedStore>();
        services.AddSingleton<IReservationStore>(provider => provider.GetRequiredService<EmbeddedStore>());
        services.AddSingleton<ILedger>(provider => provider.GetRequiredService<EmbeddedStore>());
        services.AddSingleton<IDirectoryStore, SqliteDirectoryStore>();
        services.AddSingleton<IAuditStore, SqliteAuditStore>();
        services.AddSingleton<ILearningStore, SqliteLearningStore>();
        services.AddSingleton<IRateStore, SqliteRateStore>();
        services.AddSingleton<IBatchStore, SqliteBatchStore>();
        services.AddSingleton<IAlertStore, SqliteAlertStore>();
        services.AddSingleton<ISpendSource, SqliteSpendSource>();
        services.AddSingleton<IInsightStore, SqliteInsightStore>();
        services.AddSingleton<IDirectReservationStore, SqliteDirectReservationStore>();
        services.AddSingleton<IXmlRepository, SqliteKeyRing>();
        services.AddSingleton<IRunStore, SqliteRunStore>();
        services.AddSingleton<IStripeEventStore, SqliteStripeEventStore>();
        services.AddSingleton<IBillingStore, SqliteBillingStore>();
        services.AddSingleton<IAccrualStore, SqliteAccrualStore>();
        services.AddSingleton<IInvoiceStore, SqliteInvoiceStore>();
    }

    public static void AddDistributedStore(this IServiceCollection services, ProxyOptions options)
    {
        services.AddSingleton(provider => ConnectAsync(options, provider).GetAwaiter().GetResult());
        services.AddSingleton<IReservationStore>(provider => provider.GetRequiredService<DistributedStore>().Reservations);
        services.AddSingleton<ILedger>(provider => provider.GetRequiredService<DistributedStore>().Ledger);
        services.AddSingleton(provider => provider.GetRequiredService<DistributedStore>().Database);
        services.AddSingleton<IDirectoryStore, PostgresDirectoryStore>();
        services.AddSingleton<IAuditStore, PostgresAuditStore>();
        services.AddSingleton<ILearningStore, PostgresLearningStore>();
        services.AddSingleton<IRateStore, PostgresRateStore>();
        services.AddSingleton<IBatchStore, PostgresBatchStore>();
        services.AddSingleton<IAlertStore, PostgresAlertStore>();
        services.AddSingleton<ISpendSource, PostgresSpendSource>();
        services.AddSingleton<IInsightStore>(provider => provider.GetRequiredService<DistributedStore>().Insight);
        services.AddSingleton<IDirectReservationStore, PostgresDirectReservationStore>();
        services.AddSingleton<IXmlRepository, PostgresKeyRing>();
        services.AddSingleton<IRunStore, PostgresRunStore>();
        services.AddSingleton<IStripeEventStore, PostgresStripeEventStore>();
        services.AddSingleton<IBillingStore, PostgresBillingStore>();
        services.AddSingleton<IAccrualStore, PostgresAccrualStore>();
        services.AddSingleton<IInvoiceStore, PostgresInvoiceStore>();
        services.AddHostedService<DirectoryWatch>();
    }

    /// <summary>Opens the store, reads the rate table and shows the store on the metrics page.</summary>
    /// <exception cref="ConfigurationException">It can't be opened.</exception>
    public static void Open(IServiceProvider services, ProxyOptions options)
    {
        var metrics = services.GetRequiredService<ProxyMetrics>();
        var rates = services.GetRequiredService<RateTable>();
        try
        {
            if (options.IsDistributed)
            {
                var store = services.GetRequiredService<DistributedStore>();
                var directory = services.GetRequiredService<TenantDirectory>();
                var atStart = store.BudgetsOf;
                store.BudgetsOf = tenant => directory.Current is var current && ReferenceEquals(current, DirectorySnapshot.Empty)
                    ? atStart(tenant)
                    : current.FindTenant(tenant)?.Budgets ?? [];
                store.Database.CacheSaved = entry => CacheSavings.Of(entry, id => rates.Current.Find(id)?.Rate);
                metrics.WatchDistributed(store);
            }
            else
            {
                var store = services.GetRequiredService<EmbeddedStore>();
                store.PublishRatesAsync(RateCard.Shipped, CancellationToken.None).AsTask().GetAwaiter().GetResult();
                store.CacheSaved = entry => CacheSavings.Of(entry, id => rates.Current.Find(id)?.Rate);
                metrics.WatchStore(() => store.OpenReservations, () => store.Commits, () => store.Steps);
            }

            rates.RefreshAsync(CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (Exception failed) when (IsOfOpening(failed))
        {
            throw Unusable(options, failed);
        }
    }

    /// <summary>Brings the database to this version.</summary>
    /// <returns>What was done, for people to read.</returns>
    /// <exception cref="ConfigurationException">The database can't be opened or migrated.</exception>
    public static async Task<string> MigrateAsync(ProxyOptions options)
    {
        try
        {
            if (options.Postgres is { } address)
            {
                await using var shared = new PostgresDatabase(address);
                var applied = await PostgresMigrations.ApplyAsync(shared.Source, CancellationToken.None);
                return applied.Count == 0 ? "The Postgres database is up to date." : $"The Postgres database is up to date; applied {string.Join(", ", applied)}.";
            }

            using var database = new EmbeddedDatabase(options.DataDirectory);
            return $"{database.FilePath} is up to date.";
        }
        catch (Exception failed) when (IsOfOpening(failed))
        {
            throw Unusable(options, failed);
        }
    }

    private static async Task<DistributedStore> ConnectAsync(ProxyOptions options, IServiceProvider services)
    {
        var clock = services.GetRequiredService<TimeProvider>();
        var wanted = new DistributedOptions(options.Redis!, options.Postgres!, options.DataDirectory, options.StoreDeadline);
        var begun = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await DistributedStore.OpenAsync(wanted, clock, clockDecides: false, services.GetRequiredService<ILoggerFactory>(), CancellationToken.None);
            }
            catch (StoreUnavailableException waiting) when (clock.GetElapsedTime(begun) < StartLimit)
            {
                await Console.Error.WriteLineAsync($"Waiting for Redis and Postgres: {waiting.Message}");
                await Task.Delay(StartPause, clock);
            }
        }
    }

    private static bool IsOfOpening(Exception failed) =>
        failed is InvalidOperationException or FormatException or IOException or UnauthorizedAccessException or ArgumentException or StoreUnavailableException;

    private static ConfigurationException Unusable(ProxyOptions options, Exception failed) => new(
    [
        options.IsDistributed
            ? $"BudgetProxy__Redis, BudgetProxy__Postgres: the distributed store can't be opened: {failed.Message}"
            : $"BudgetProxy__DataDirectory: {options.DataDirectory} can't be used: {failed.Message}",
    ]);
}
