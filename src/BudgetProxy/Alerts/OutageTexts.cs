using BudgetProxy.Hosting;

namespace BudgetProxy.Alerts;

/// <summary>What is told of an outage, and by whom.</summary>
public sealed class OutageTexts(AlertBodies bodies, ProxyOptions options, TimeProvider clock)
{
    /// <summary>Proxies that lose the same store tell of it once in this time, where they can still agree on it.</summary>
    private static readonly TimeSpan Once = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan OnceEnded = TimeSpan.FromMinutes(1);

    public TimeProvider Clock => clock;

    public bool HasMail => options.Alerts.Smtp is not null;

    public AlertCandidate Outage(string store, DateTimeOffset since, string error) => new(
        bodies.Outage(store, Environment.MachineName, since, error), AlertMark.Of(AlertKinds.StoreOutage, clock.GetUtcNow() + Once, store));

    public AlertCandidate Recovered(string store, DateTimeOffset since) => new(
        bodies.Recovered(store, Environment.MachineName, since), AlertMark.Of(AlertKinds.StoreRecovered, clock.GetUtcNow() + OnceEnded, store));
}
