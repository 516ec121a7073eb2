using BudgetProxy.Billing;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Embedded;

/// <summary>Reads what was cut of hours, on a session of the caller's that is in a transaction.</summary>
internal sealed class BookedHours(SqliteSession session)
{
    /// <summary>Hours that are no farther from each other are read as one span: so many rows between cost less than another search.</summary>
    private static readonly TimeSpan Near = TimeSpan.FromHours(12);

    private readonly SqliteStatement _meters = session.Prepare("SELECT meter FROM billing_totals WHERE tenant = ?");

    private readonly SqliteStatement _span = session.Prepare(
        """
        SELECT hour, count(*), sum(amount), sum(value) FROM billing_buckets WHERE tenant = ? AND meter = ? AND hour BETWEEN ? AND ?
        GROUP BY hour
        """);

    /// <param name="hours">Ascending.</param>
    /// <returns>Those of which anything was cut: none, of a tenant that never was.</returns>
    public IReadOnlyList<HourBooked> Of(string tenant, IReadOnlyList<DateTimeOffset> hours)
    {
        var meters = new List<string>();
        _meters.Bind(tenant);
        while (_meters.Read())
            meters.Add(_meters.Text(0)!);
        var booked = new List<HourBooked>();
        var wanted = meters.Count == 0 ? [] : hours.Select(hour => hour.ToUnixTimeMilliseconds()).ToHashSet();
        for (var (first, next) = (0, 1); meters.Count > 0 && first < hours.Count; next++)
        {
            if (next < hours.Count && hours[next] - hours[next - 1] <= Near)
                continue;
            foreach (var meter in meters)
                Read(tenant, meter, (hours[first], hours[next - 1]), wanted, booked);
            first = next;
        }

        return booked;
    }

    private void Read(string tenant, string meter, (DateTimeOffset First, DateTimeOffset Last) span, HashSet<long> wanted, List<HourBooked> booked)
    {
        _span.Bind(tenant).Bind(meter).Bind(span.First.ToUnixTimeMilliseconds()).Bind(span.Last.ToUnixTimeMilliseconds());
        while (_span.Read())
        {
            if (wanted.Contains(_span.Int64(0)))
                booked.Add(new HourBooked(tenant, meter, DateTimeOffset.FromUnixTimeMilliseconds(_span.Int64(0)), (int)_span.Int64(1), new NanoUsd(_span.Int64(2)), _span.Int64(3)));
        }
    }
}
