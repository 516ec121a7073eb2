namespace BudgetProxy.Insight;

/// <summary>What one proxy is at.</summary>
/// <param name="Proxy">Its name, new at each start.</param>
/// <param name="CallsInFlight">Calls that have begun and not ended.</param>
/// <param name="HeldNanoUsd">What its open reservations hold, in nano-dollars.</param>
/// <param name="Refused">Refusals of the last ten seconds by tenant, the most refused ones; an empty name = no tenant's, and all others'.</param>
public sealed record ProxyPulse(string Proxy, int CallsInFlight, long HeldNanoUsd, IReadOnlyDictionary<string, long> Refused);
