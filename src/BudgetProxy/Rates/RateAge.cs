using System.Globalization;
using BudgetProxy.Hosting;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;

namespace BudgetProxy.Rates;

/// <summary>
/// Says how old the prices are: since the shipped card was compiled or a file was last imported, whichever was later. Providers change prices every few
/// weeks, and a card that nobody looks after bills wrong without a sign of it.
/// </summary>
public sealed partial class RateAge(RateTable table, ILedger ledger, ProxyMetrics metrics, TimeProvider time, ILogger<RateAge> logger) : BackgroundService
{
    /// <summary>The ledger's bookmark that holds when a file was last applied, changed it anything or not.</summary>
    public const string Bookmark = "rates.import";

    /// <summary>Days after which it is said aloud.</summary>
    public const int WarnDays = 90;

    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    /// <summary>Who asks how all is has no more patience for a store that does not answer.</summary>
    private static readonly TimeSpan KnownLimit = TimeSpan.FromSeconds(2);

    /// <summary>When a file was last imported, as last read; only replaced as a whole. Null = it could not be read yet, or never was.</summary>
    private volatile object? _imported;

    /// <summary>Measures, and warns where it has become too much since it was measured last.</summary>
    /// <returns>Whole days.</returns>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    public async Task<int> MeasureAsync(bool warn, CancellationToken cancellationToken)
    {
        var newest = await NewestAsync(cancellationToken);
        var days = DaysSince(newest);
        metrics.RatesAged(days);
        if (warn && days > WarnDays)
            Log.Old(logger, days, newest.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        return days;
    }

    /// <summary>When the shipped card was compiled or a file was last imported, whichever was later.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    public async Task<DateTimeOffset> NewestAsync(CancellationToken cancellationToken)
    {
        if (await ledger.BookmarkAsync(Bookmark, cancellationToken) is { } text
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var imported))
        {
            _imported = imported;
        }

        return Known();
    }

    /// <summary>The same, by what was last read where the store can't be read now: how all is must be told above all while a store is away.</summary>
    public async Task<DateTimeOffset> NewestKnownAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await NewestAsync(cancellationToken).WaitAsync(KnownLimit, cancellationToken);
        }
        catch (Exception failed) when (failed is StoreUnavailableException or TimeoutException)
        {
            return Known();
        }
    }

    /// <summary>Whole days from then to now, at least 0.</summary>
    public int DaysSince(DateTimeOffset newest) => (int)Math.Max(0, (time.GetUtcNow() - newest).Days);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var said = false;
        while (true)
        {
            try
            {
                said = await MeasureAsync(!said, stoppingToken) > WarnDays;
            }
            catch (StoreUnavailableException)
            {
                // The next look may succeed; others say loudly that the store is away.
            }

            await Task.Delay(Period, time, stoppingToken);
        }
    }

    private DateTimeOffset Known()
    {
        var compiled = DateTimeOffset.ParseExact(table.Shipped.Compiled, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        return _imported is DateTimeOffset imported && imported > compiled ? imported : compiled;
    }

    private static partial class Log
    {
        [LoggerMessage(5101, LogLevel.Warning, "The prices are {Days} days old: nothing newer than {Newest} is in the rate table, and providers have probably changed theirs. Import a file of prices with POST /admin/v1/rates/import, add rows with PUT /admin/v1/rates/{{provider}}/{{model}}, or install a newer version.")]
        public static partial void Old(ILogger logger, int days, string newest);
    }
}
