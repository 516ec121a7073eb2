using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Xml;

namespace BudgetProxy.Core.Budgets;

/// <summary>
/// The period a budget counts over: calendar, in a time zone, or rolling. A rolling window is counted in slots of a sixtieth of its length
/// (rounded up to a millisecond); a slot counts until it has wholly left the window, so that a rolling window is never undercounted and
/// its oldest spend is given back at most one slot late.
/// </summary>
/// <param name="Rolling">Length of a rolling window; zero for the others.</param>
/// <param name="TimeZone">IANA zone in which calendar windows start; UTC where none was set.</param>
public sealed record BudgetWindow(WindowKind Kind, TimeSpan Rolling, TimeZoneInfo TimeZone)
{
    /// <summary>Slots that a rolling window is cut into.</summary>
    public const int Slots = 60;

    private const string RollingPrefix = "rolling:";
    private static readonly TimeSpan ShortestRolling = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRolling = TimeSpan.FromDays(3660);

    /// <summary>True where a refusal is one of velocity: the window is shorter than a day.</summary>
    public bool IsShorterThanDay => Kind switch
    {
        WindowKind.Minute or WindowKind.Hour => true,
        WindowKind.Rolling => Rolling < TimeSpan.FromDays(1),
        _ => false,
    };

    /// <summary>
    /// Reads <c>minute</c>, <c>hour</c>, <c>day</c>, <c>week</c>, <c>month</c>, <c>quarter</c>, <c>year</c>, <c>lifetime</c> or
    /// <c>rolling:{ISO 8601 duration}</c> of 1 second to 10 years (in a duration a month is 30 days and a year 365).
    /// </summary>
    public static bool TryParse(string? text, TimeZoneInfo timeZone, [NotNullWhen(true)] out BudgetWindow? window)
    {
        window = null;
        if (text is null)
            return false;
        if (text.StartsWith(RollingPrefix, StringComparison.Ordinal))
        {
            if (TryParseDuration(text[RollingPrefix.Length..], out var length))
                window = new BudgetWindow(WindowKind.Rolling, length, timeZone);
            return window is not null;
        }

        foreach (var kind in Enum.GetValues<WindowKind>())
        {
            if (kind != WindowKind.Rolling && string.Equals(NameOf(kind), text, StringComparison.Ordinal))
                window = new BudgetWindow(kind, TimeSpan.Zero, timeZone);
        }

        return window is not null;
    }

    /// <summary>The period that counts at an instant: for a rolling window from its oldest counting slot, without an end.</summary>
    public (DateTimeOffset Start, DateTimeOffset? End) At(DateTimeOffset now)
    {
        if (Kind != WindowKind.Rolling)
            return CalendarWindow.At(Kind, TimeZone, now);
        return (RollingSlot(now - Rolling).Start, null);
    }

    /// <summary>The slot that an amount of this instant is booked in: the window itself, or a part of a rolling one.</summary>
    public WindowSlot SlotAt(DateTimeOffset now)
    {
        if (Kind == WindowKind.Rolling)
            return RollingSlot(now);
        var (start, end) = CalendarWindow.At(Kind, TimeZone, now);
        return new WindowSlot(start, end, end);
    }

    /// <summary>
    /// The instants whose top-ups raise the limit in a slot: for a calendar window those in it. For a rolling one those whose own slot counts for as long as this
    /// one is the present one, so that a top-up leaves the window no later than what was spent at its instant, and at most one slot earlier.
    /// </summary>
    public (DateTimeOffset From, DateTimeOffset? To) TopUpsOf(in WindowSlot slot)
    {
        if (Kind != WindowKind.Rolling)
            return (slot.Start, slot.Ends);
        var oldest = RollingSlot(slot.Start - Rolling);
        return (oldest.Start == slot.Start - Rolling ? oldest.Start : oldest.Next!.Value, null);
    }

    /// <summary>The form that <see cref="TryParse"/> reads; the zone is not part of it.</summary>
    public override string ToString() => Kind == WindowKind.Rolling ? RollingPrefix + Duration() : NameOf(Kind);

    private static string NameOf(WindowKind kind) => kind switch
    {
        WindowKind.Minute => "minute",
        WindowKind.Hour => "hour",
        WindowKind.Day => "day",
        WindowKind.Week => "week",
        WindowKind.Month => "month",
        WindowKind.Quarter => "quarter",
        WindowKind.Year => "year",
        WindowKind.Lifetime => "lifetime",
        WindowKind.Rolling => "rolling",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a window."),
    };

    private static bool TryParseDuration(string text, out TimeSpan length)
    {
        length = default;
        try
        {
            length = XmlConvert.ToTimeSpan(text);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return false;
        }

        return length >= ShortestRolling && length <= LongestRolling;
    }

    private WindowSlot RollingSlot(DateTimeOffset now)
    {
        var length = ((long)Rolling.TotalMilliseconds + Slots - 1) / Slots;
        var at = now.ToUnixTimeMilliseconds();
        var start = at - (((at % length) + length) % length);
        var next = DateTimeOffset.FromUnixTimeMilliseconds(start + length);
        return new WindowSlot(DateTimeOffset.FromUnixTimeMilliseconds(start), next, next + Rolling);
    }

    private string Duration() => Rolling.Ticks % TimeSpan.TicksPerDay == 0 && Rolling.Days > 1
        ? string.Create(CultureInfo.InvariantCulture, $"P{Rolling.Days}D")
        : Rolling.Ticks % TimeSpan.TicksPerHour == 0
            ? string.Create(CultureInfo.InvariantCulture, $"PT{Rolling.Ticks / TimeSpan.TicksPerHour}H")
            : XmlConvert.ToString(Rolling);
}
