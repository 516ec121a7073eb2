namespace BudgetProxy.Insight;

/// <summary>What all proxies are at.</summary>
/// <param name="AsOf">When it was made; it is kept for about a second.</param>
/// <param name="Seconds">That the rates are taken over.</param>
/// <param name="CallsPerSecond">Calls whose cost was booked.</param>
/// <param name="CallsInFlight">Of the proxies that were heard of in the last five seconds.</param>
/// <param name="HeldUsd">What their open reservations hold.</param>
/// <param name="Tenants">The liveliest twenty.</param>
public sealed record LiveDocument(
    string AsOf, int Seconds, string SpendPerSecondUsd, decimal CallsPerSecond, decimal RefusalsPerSecond, int CallsInFlight, string HeldUsd,
    IReadOnlyList<LiveTenantDocument> Tenants, IReadOnlyList<NearestDocument> Nearest);
