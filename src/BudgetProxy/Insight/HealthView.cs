using System.Globalization;
using System.Reflection;
using BudgetProxy.Hosting;
using BudgetProxy.Rates;

namespace BudgetProxy.Insight;

/// <summary>How this proxy and what it stands on are, asked anew each time.</summary>
public sealed class HealthView(IInsightStore store, RateTable rates, RateAge rateAge, ProviderChecks providers, ProxyOptions options)
{
    /// <param name="withProviders">True: each provider that has a key is asked for its models, which costs nothing.</param>
    public async Task<HealthDocument> CheckAsync(bool withProviders, CancellationToken cancellationToken)
    {
        var checks = withProviders ? providers.CheckAsync(cancellationToken) : null;
        var age = rateAge.NewestKnownAsync(cancellationToken);
        var stores = await store.CheckAsync(cancellationToken);
        // The store that decides windows comes first; one without a clock of its own goes by this process's.
        var deciding = stores[0];
        var skew = deciding.Skew ?? (deciding.Name == "sqlite" ? TimeSpan.Zero : null);
        var newest = await age;
        var days = rateAge.DaysSince(newest);
        return new HealthDocument(
            typeof(HealthView).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "",
            options.IsDistributed ? "distributed" : "embedded",
            [.. stores.Select(state => new StoreHealthDocument(state.Name, state.Ok, decimal.Round((decimal)state.Latency.TotalMilliseconds, 2), state.Detail))],
            skew is { } known ? (long)known.TotalMilliseconds : null,
            new RatesHealthDocument(
                rates.Current.Rows.Count, newest.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), days, days > RateAge.WarnDays))
        {
            Providers = checks is null ? null : await checks,
        };
    }
}
