using BudgetProxy.Core.Money;

namespace BudgetProxy.Billing;

/// <summary>Makes the buckets of one tenant's cut: of each hour and meter what of its billable amount was not cut yet.</summary>
internal sealed class CutSlices
{
    private readonly CutBase _before;
    private readonly IReadOnlyList<BillingMeter> _meters;
    private readonly DateTimeOffset _now;
    private readonly BucketIds _ids;
    private readonly Dictionary<(string Meter, DateTimeOffset Hour), HourBooked> _booked;
    private readonly Dictionary<DateTimeOffset, long> _money = [];
    private readonly Dictionary<string, MeterTotal> _totals;

    /// <param name="booked">What was cut of the hours before, on any meter.</param>
    /// <param name="now">The instant of the cut; whole milliseconds are kept.</param>
    public CutSlices(CutBase before, IReadOnlyList<BillingMeter> meters, IReadOnlyList<HourBooked> booked, DateTimeOffset now, BucketIds ids)
    {
        (_before, _meters, _now, _ids) = (before, meters, DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds()), ids);
        _booked = booked.ToDictionary(one => (one.Meter, one.Hour));
        _totals = before.Totals.ToDictionary(total => total.Meter, StringComparer.Ordinal);
        foreach (var one in booked)
            _money[one.Hour] = checked(_money.GetValueOrDefault(one.Hour) + one.Amount.Value);
    }

    public List<Bucket> Buckets { get; } = [];

    /// <summary>What the buckets add to the totals, by meter.</summary>
    public List<MeterTotal> Added =>
    [
        .. Buckets.Select(bucket => bucket.Meter).Distinct(StringComparer.Ordinal).Select(meter =>
        {
            var buckets = Buckets.FindAll(bucket => string.Equals(bucket.Meter, meter, StringComparison.Ordinal));
            return new MeterTotal(
                _before.Tenant, meter, buckets.Aggregate(NanoUsd.Zero, (sum, bucket) => sum + bucket.Amount), buckets.Sum(bucket => bucket.Value), buckets.Count);
        }),
    ];

    /// <param name="billable">What of the hour is to be billed in all.</param>
    /// <exception cref="OverflowException">An amount has no room in 64 bits.</exception>
    public void Add(DateTimeOffset hour, BilledAmounts billable)
    {
        foreach (var meter in _meters)
        {
            var booked = _booked.GetValueOrDefault((meter.Name, hour));
            // Money is billed once, on whichever meter: one that is renamed does not bill the hour again.
            var before = meter.IsMoney ? _money.GetValueOrDefault(hour) : booked?.Value ?? 0;
            var slice = checked(billable.Of(meter.Unit) - before);
            if (slice != 0)
                Add(hour, meter, slice, booked?.Buckets ?? 0);
        }
    }

    private void Add(DateTimeOffset hour, BillingMeter meter, long slice, int number)
    {
        var total = _totals.GetValueOrDefault(meter.Name) ?? new MeterTotal(_before.Tenant, meter.Name, NanoUsd.Zero, 0, 0);
        var amount = new NanoUsd(meter.IsMoney ? slice : 0);
        var value = meter.IsMoney ? RunningFloor.Value(total.Amount.Value, slice) : slice;
        _totals[meter.Name] = total with { Amount = total.Amount + amount, Value = checked(total.Value + value) };
        var bucket = new Bucket
        {
            Id = _ids.Next(_now),
            Tenant = _before.Tenant,
            Meter = meter.Name,
            Hour = hour,
            Number = number,
            Amount = amount,
            Value = value,
            CutAt = _now,
            State = BucketState.Pending,
        };
        // Where less than a micro-dollar came together there is nothing to send; what it adds is in a later one.
        Buckets.Add(value == 0 ? bucket with { State = BucketState.Sent, Stamp = BucketStamps.Natural(bucket), SentAt = _now } : bucket);
    }
}
