using BudgetProxy.Core.Money;

namespace BudgetProxy.Checks;

/// <summary>
/// What a tenant's clients may say in an hour that they used, and hold for what they will use, at one proxy. What a client says is not seen by us and never refused for a
/// budget's sake, so without this a single key could book so much that sums of years have no room in 64 bits.
/// </summary>
internal sealed class ReportedLimits(TimeProvider clock)
{
    /// <summary>Said to be used, nano-dollars charged: a year of it has room in 64 bits.</summary>
    public const long MostReported = 1_000_000 * NanoUsd.PerUsd;

    /// <summary>Held, nano-dollars charged: in a day, which is the longest life of a reservation, a quarter of what 64 bits hold.</summary>
    public const long MostReserved = 100_000_000 * NanoUsd.PerUsd;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _reported = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _reserved = new(StringComparer.Ordinal);
    private DateTimeOffset _hour;

    /// <returns>False = it would be more than may be; it counts for nothing then.</returns>
    public bool TryReport(string tenant, NanoUsd charged) => TryAdd(_reported, tenant, charged.Value, MostReported);

    /// <inheritdoc cref="TryReport"/>
    public bool TryReserve(string tenant, NanoUsd charged) => TryAdd(_reserved, tenant, charged.Value, MostReserved);

    private bool TryAdd(Dictionary<string, long> sums, string tenant, long amount, long most)
    {
        if (amount <= 0)
            return true;
        lock (_lock)
        {
            var hour = Hour(clock.GetUtcNow());
            if (hour != _hour)
            {
                _reported.Clear();
                _reserved.Clear();
                _hour = hour;
            }

            // Neither is ever above the most, and an amount is at most 2^52, so there is room for the sum.
            var sum = sums.GetValueOrDefault(tenant) + amount;
            if (sum > most)
                return false;
            sums[tenant] = sum;
            return true;
        }
    }

    private static DateTimeOffset Hour(DateTimeOffset at) => new(at.Ticks - (at.Ticks % TimeSpan.TicksPerHour), at.Offset);
}
