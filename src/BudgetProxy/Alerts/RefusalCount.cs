namespace BudgetProxy.Alerts;

/// <summary>
/// Refusals of one tenant and code at this proxy, by the minute. What is usual is an exponentially weighted mean of past minutes (Roberts 1959, "Control
/// Chart Tests Based on Geometric Moving Averages") over about an hour; out of the ordinary is more than its upper control limit for counts, c + 3√c
/// (NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.3.1), and at least twice it and <see cref="Least"/>. Used under the lock of its owner.
/// </summary>
internal sealed class RefusalCount
{
    /// <summary>Fewer in a minute are never out of the ordinary.</summary>
    public const int Least = 20;

    /// <summary>Minutes over which the usual is taken.</summary>
    private const double Memory = 60;

    private long _minute;
    private double _usual;

    /// <summary>In the present minute.</summary>
    public int Count { get; private set; }

    /// <summary>The mean of a minute so far, the present one left out.</summary>
    public double Usual => _usual;

    /// <summary>The last minute that had any.</summary>
    public long Minute => _minute;

    /// <param name="minute">Minutes since some instant; never decreasing but for a clock that is set.</param>
    public void Add(long minute)
    {
        if (minute != _minute)
        {
            if (_minute != 0)
            {
                _usual += (Count - _usual) / Memory;
                // Minutes in between had none.
                _usual *= Math.Pow(1 - (1 / Memory), Math.Clamp(minute - _minute - 1, 0, 10_000));
            }

            _minute = minute;
            Count = 0;
        }

        Count++;
    }

    public bool IsOutOfTheOrdinary => Count >= Least && Count >= 2 * _usual && Count > _usual + (3 * Math.Sqrt(_usual));
}
