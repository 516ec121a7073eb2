using BudgetProxy.Core.Money;
using BudgetProxy.Hosting;
using BudgetProxy.Reservations;

namespace BudgetProxy.Alerts;

/// <summary>
/// Finds tenants that spend out of the ordinary: in the last five minutes more than twice the most that they spent in any five minutes of the seven days
/// before, and at least the floor. No shape of the spending is assumed: of n past spans in no particular order the next exceeds all with a chance of 1/(n+1)
/// (the theory of records; Arnold, Balakrishnan and Nagaraja, "Records", Wiley 1998, 2.5), so a busy hour of every day or a nightly job does not ring, and the factor
/// of two keeps slow growth from it. A tenant has a usual once it was first seen spending an hour ago. Used by one caller at a time.
/// </summary>
public sealed class SpendVelocity(IAlertStore store, ISpendSource source, AlertBodies bodies, ProxyOptions options, TimeProvider clock)
{
    private const int Minutes = 5;
    private const int Factor = 2;

    /// <summary>Days before today that count.</summary>
    private const int Days = 7;

    private const int SaveStep = 500;
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(Minutes);
    private static readonly TimeSpan Apprenticeship = TimeSpan.FromHours(1);

    /// <summary>While it goes on it rings once an hour.</summary>
    private static readonly TimeSpan Repeat = TimeSpan.FromHours(1);

    /// <summary>Sums that are too new to be what is usual: they are part of the span that is judged.</summary>
    private readonly Queue<(DateTimeOffset At, IReadOnlyDictionary<string, NanoUsd> Sums)> _recent = new();

    /// <summary>By tenant and day.</summary>
    private Dictionary<string, Dictionary<int, TenantPeak>>? _peaks;

    /// <summary>Days since 1970-01-01, UTC.</summary>
    public static int DayOf(DateTimeOffset at) => (int)(at.ToUnixTimeSeconds() / 86_400);

    /// <summary>What another proxy wrote meanwhile is read anew.</summary>
    public void Forget()
    {
        _peaks = null;
        _recent.Clear();
    }

    /// <summary>Judges the last five minutes.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be used; nothing is lost by trying again.</exception>
    public async Task<List<AlertCandidate>> CheckAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        _peaks ??= await LoadAsync(now, cancellationToken);
        var sums = await source.SpendAsync(now - Span, cancellationToken);
        var found = new List<AlertCandidate>();
        foreach (var (tenant, spent) in sums)
        {
            if (spent <= NanoUsd.Zero)
                continue;
            var days = DaysOf(tenant, now);
            var peak = days.Values.Max(day => day.Peak.Value);
            var isKnown = days.Values.Min(day => day.Since) <= now - Apprenticeship;
            if (isKnown && spent >= options.Alerts.VelocityFloor && spent.Value / Factor > peak)
                found.Add(new AlertCandidate(bodies.Velocity(tenant, Minutes, spent, new NanoUsd(peak)), AlertMark.Of(AlertKinds.SpendVelocity, now + Repeat, tenant)));
        }

        _recent.Enqueue((now, sums));
        await LearnAsync(now, cancellationToken);
        return found;
    }

    private async Task<Dictionary<string, Dictionary<int, TenantPeak>>> LoadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var peaks = new Dictionary<string, Dictionary<int, TenantPeak>>(StringComparer.Ordinal);
        foreach (var peak in await store.PeaksAsync(DayOf(now) - Days, cancellationToken))
        {
            if (!peaks.TryGetValue(peak.Tenant, out var days))
                peaks.Add(peak.Tenant, days = []);
            days[peak.Day] = peak;
        }

        return peaks;
    }

    private Dictionary<int, TenantPeak> DaysOf(string tenant, DateTimeOffset now)
    {
        var day = DayOf(now);
        if (!_peaks!.TryGetValue(tenant, out var days))
            _peaks.Add(tenant, days = []);
        foreach (var old in days.Keys.Where(one => one < day - Days).ToList())
            days.Remove(old);
        if (!days.ContainsKey(day))
            days.Add(day, new TenantPeak(tenant, day, NanoUsd.Zero, now));
        return days;
    }

    /// <summary>What has left the span that is judged becomes part of what is usual.</summary>
    private async Task LearnAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var risen = new Dictionary<(string, int), TenantPeak>();
        while (_recent.TryPeek(out var oldest) && oldest.At <= now - Span)
        {
            foreach (var (tenant, spent) in oldest.Sums)
            {
                var days = DaysOf(tenant, now);
                var day = DayOf(oldest.At);
                if (!days.TryGetValue(day, out var peak))
                    peak = new TenantPeak(tenant, day, NanoUsd.Zero, oldest.At);
                if (spent > peak.Peak || peak.Peak == NanoUsd.Zero)
                    days[day] = risen[(tenant, day)] = peak with { Peak = NanoUsd.Max(spent, peak.Peak) };
            }

            _recent.Dequeue();
        }

        foreach (var step in risen.Values.Chunk(SaveStep))
            await store.SavePeaksAsync(step, cancellationToken);
    }
}
