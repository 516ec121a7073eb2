using System.Globalization;
using BudgetProxy.Hosting;

namespace BudgetProxy.Alerts;

/// <summary>What is told of an outage, and by whom.</summary>
public sealed class OutageTexts(AlertBodies bodies, ProxyOptions options, TimeProvider clock)
{
    /// <summary>Longer than any repeat of a candidate takes.</summary>
    private static readonly TimeSpan Once = TimeSpan.FromDays(7);

    /// <summary>Which proxy: of two on one host each tells of its own outages.</summary>
    private readonly string _proxy = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");

    public TimeProvider Clock => clock;

    public bool HasMail => options.Alerts.Smtp is not null;

    public AlertCandidate Outage(string store, DateTimeOffset since, string error) => new(
        bodies.Outage(store, Environment.MachineName, since, error), Mark(AlertKinds.StoreOutage, store, since));

    public AlertCandidate Recovered(string store, DateTimeOffset since) => new(
        bodies.Recovered(store, Environment.MachineName, since), Mark(AlertKinds.StoreRecovered, store, since));

    /// <summary>
    /// Each outage of each proxy has its own: it only keeps a repeat from raising the same one twice, and never an outage quiet because of one before it or
    /// of another proxy's.
    /// </summary>
    private AlertMark Mark(string kind, string store, DateTimeOffset since) =>
        AlertMark.Of(kind, clock.GetUtcNow() + Once, _proxy, store, since.UtcTicks.ToString(CultureInfo.InvariantCulture));
}
