using System.Globalization;
using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Core.Tests.Budgets;

public sealed class BudgetWindowTests
{
    [Theory]
    [InlineData("minute", "UTC", "2026-03-10T12:34:56Z", "2026-03-10T12:34:00Z", "2026-03-10T12:35:00Z")]
    [InlineData("hour", "UTC", "2026-03-10T12:34:56Z", "2026-03-10T12:00:00Z", "2026-03-10T13:00:00Z")]
    [InlineData("hour", "Asia/Kolkata", "2026-03-10T12:34:56Z", "2026-03-10T12:30:00Z", "2026-03-10T13:30:00Z")]
    [InlineData("day", "UTC", "2026-03-10T00:00:00Z", "2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z")]
    // Berlin: 23 hours on the last Sunday of March, 25 on that of October.
    [InlineData("day", "Europe/Berlin", "2026-03-29T10:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")]
    [InlineData("day", "Europe/Berlin", "2026-10-25T10:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")]
    [InlineData("hour", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z")]
    [InlineData("hour", "Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z")]
    [InlineData("week", "Europe/Berlin", "2026-03-29T21:59:59Z", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z")]
    [InlineData("month", "Europe/Berlin", "2026-03-31T22:00:00Z", "2026-03-31T22:00:00Z", "2026-04-30T22:00:00Z")]
    [InlineData("month", "Europe/Berlin", "2026-03-31T21:59:59Z", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z")]
    [InlineData("day", "America/New_York", "2026-03-08T12:00:00Z", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z")]
    [InlineData("day", "America/New_York", "2026-11-01T12:00:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z")]
    // Lord Howe moves its clocks by half an hour, at 2:00: hours are cut there.
    [InlineData("day", "Australia/Lord_Howe", "2026-10-04T00:00:00Z", "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z")]
    [InlineData("day", "Australia/Lord_Howe", "2026-04-05T00:00:00Z", "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z")]
    [InlineData("hour", "Australia/Lord_Howe", "2026-10-03T15:40:00Z", "2026-10-03T15:30:00Z", "2026-10-03T16:00:00Z")]
    [InlineData("hour", "Australia/Lord_Howe", "2026-10-03T15:10:00Z", "2026-10-03T14:30:00Z", "2026-10-03T15:30:00Z")]
    // Beirut and Santiago skip midnight itself: the day starts at 01:00 by their clocks.
    [InlineData("day", "Asia/Beirut", "2026-03-29T10:00:00Z", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z")]
    [InlineData("day", "America/Santiago", "2026-09-06T10:00:00Z", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z")]
    [InlineData("day", "America/Santiago", "2026-09-06T03:59:59Z", "2026-09-05T04:00:00Z", "2026-09-06T04:00:00Z")]
    // Havana shows the hour after midnight twice; Santiago goes back over midnight and shows Saturday's last hour twice.
    [InlineData("day", "America/Havana", "2026-11-01T05:30:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z")]
    [InlineData("day", "America/Santiago", "2026-04-05T03:30:00Z", "2026-04-04T03:00:00Z", "2026-04-05T04:00:00Z")]
    // Samoa had no 30 December 2011.
    [InlineData("day", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z")]
    [InlineData("day", "Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z")]
    [InlineData("month", "UTC", "2028-02-29T23:59:59Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z")]
    [InlineData("day", "UTC", "2028-02-29T23:59:59Z", "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z")]
    [InlineData("month", "UTC", "2026-12-31T23:59:59Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("quarter", "UTC", "2026-06-30T23:59:59Z", "2026-04-01T00:00:00Z", "2026-07-01T00:00:00Z")]
    [InlineData("quarter", "UTC", "2026-10-01T00:00:00Z", "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("year", "UTC", "2028-12-31T12:00:00Z", "2028-01-01T00:00:00Z", "2029-01-01T00:00:00Z")]
    [InlineData("week", "UTC", "2027-01-03T12:00:00Z", "2026-12-28T00:00:00Z", "2027-01-04T00:00:00Z")]
    [InlineData("week", "UTC", "2026-03-09T00:00:00Z", "2026-03-09T00:00:00Z", "2026-03-16T00:00:00Z")]
    public void Calendar_windows_start_in_their_zone(string window, string zone, string now, string start, string end)
    {
        Assert.Equal((Time(start), Time(end)), Window(window, zone).At(Time(now)));
    }

    [Theory]
    [InlineData("hour")]
    [InlineData("day")]
    [InlineData("week")]
    public void Windows_follow_each_other_without_gap_or_overlap(string window)
    {
        foreach (var zone in new[] { "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "America/Havana", "Asia/Beirut" })
        {
            var at = Time("2025-12-31T00:00:00Z");
            var parsed = Window(window, zone);
            var (_, end) = parsed.At(at);
            while (end < Time("2027-01-10T00:00:00Z"))
            {
                var next = parsed.At(end!.Value);
                Assert.Equal(end, next.Start);
                Assert.True(next.End > next.Start);
                Assert.Equal(next, parsed.At(next.End!.Value.AddTicks(-1)));
                end = next.End;
            }
        }
    }

    [Fact]
    public void Lifetime_never_ends()
    {
        var window = Window("lifetime", "UTC");
        Assert.Equal(window.At(Time("2020-01-01T00:00:00Z")), window.At(Time("2090-01-01T00:00:00Z")));
        Assert.Null(window.At(Time("2020-01-01T00:00:00Z")).End);
    }

    [Theory]
    [InlineData("rolling:PT1H", 3_600)]
    [InlineData("rolling:PT24H", 86_400)]
    [InlineData("rolling:PT1S", 1)]
    [InlineData("rolling:PT7M", 420)]
    public void A_rolling_slot_counts_until_it_has_wholly_left_the_window(string text, int seconds)
    {
        var window = Window(text, "UTC");
        var period = TimeSpan.FromSeconds(seconds);
        var random = new Random(7);
        for (var i = 0; i < 2_000; i++)
        {
            var at = Time("2026-03-10T12:00:00Z").AddMilliseconds(random.NextInt64(0, 100_000_000));
            var slot = window.SlotAt(at);
            Assert.InRange(at, slot.Start, slot.Next!.Value.AddTicks(-1));
            Assert.Equal(slot.Next.Value + period, slot.Ends);
            Assert.Equal(slot, window.SlotAt(slot.Next.Value.AddMilliseconds(-1)));
            Assert.Equal(slot.Next, window.SlotAt(slot.Next.Value).Start);
            Assert.True(slot.Next - slot.Start <= (period / BudgetWindow.Slots) + TimeSpan.FromMilliseconds(1));
            // What was booked within the period counts; the oldest slot that counts is where At begins.
            Assert.True(window.SlotAt(at - period).Ends > at);
            Assert.Equal(window.SlotAt(at - period).Start, window.At(at).Start);
        }
    }

    [Theory]
    [InlineData("minute", true)]
    [InlineData("hour", true)]
    [InlineData("day", false)]
    [InlineData("week", false)]
    [InlineData("month", false)]
    [InlineData("quarter", false)]
    [InlineData("year", false)]
    [InlineData("lifetime", false)]
    [InlineData("rolling:PT24H", false)]
    [InlineData("rolling:PT23H59M", true)]
    [InlineData("rolling:P7D", false)]
    [InlineData("rolling:PT36H", false)]
    public void Names_are_read_and_written_alike(string text, bool shorterThanDay)
    {
        var window = Window(text, "UTC");
        Assert.Equal(text, window.ToString());
        Assert.Equal(shorterThanDay, window.IsShorterThanDay);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Month")]
    [InlineData("fortnight")]
    [InlineData("rolling")]
    [InlineData("rolling:")]
    [InlineData("rolling:24h")]
    [InlineData("rolling:PT0S")]
    [InlineData("rolling:-PT1H")]
    [InlineData("rolling:P100Y")]
    [InlineData("rolling:P99999999999Y")]
    public void Other_names_are_refused(string? text) => Assert.False(BudgetWindow.TryParse(text, TimeZoneInfo.Utc, out _));

    private static BudgetWindow Window(string text, string zone) =>
        BudgetWindow.TryParse(text, TimeZoneInfo.FindSystemTimeZoneById(zone), out var window) ? window : throw new FormatException(text);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
