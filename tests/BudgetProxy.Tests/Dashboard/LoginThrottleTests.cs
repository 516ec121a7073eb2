using System.Net;
using BudgetProxy.Dashboard.Sessions;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Dashboard;

public sealed class LoginThrottleTests
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");

    [Fact]
    public void An_address_guesses_ten_times_in_a_window()
    {
        var clock = new TestClock();
        var throttle = new LoginThrottle(clock);
        for (var i = 0; i < LoginThrottle.MaxAttempts; i++)
            Assert.Null(throttle.Take(Here));
        Assert.Equal(TimeSpan.FromMinutes(5), throttle.Take(Here));
        Assert.NotNull(throttle.Take(Here.MapToIPv6()));
        Assert.Null(throttle.Take(IPAddress.Parse("192.0.2.2")));
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(throttle.Take(Here));
    }

    [Fact]
    public void One_that_succeeds_does_not_count()
    {
        var throttle = new LoginThrottle(new TestClock());
        for (var i = 0; i < 1000; i++)
        {
            Assert.Null(throttle.Take(Here));
            throttle.GiveBack(Here);
        }
    }

    [Fact]
    public void A_network_of_IPv6_is_one_guesser_and_a_flood_of_them_is_bounded()
    {
        var throttle = new LoginThrottle(new TestClock());
        for (var i = 0; i < LoginThrottle.MaxAttempts; i++)
            Assert.Null(throttle.Take(IPAddress.Parse($"2001:db8::{i:x}")));
        Assert.NotNull(throttle.Take(IPAddress.Parse("2001:db8::ffff")));
        Assert.Null(throttle.Take(IPAddress.Parse("2001:db8:0:1::1")));
        var refused = Enumerable.Range(0, 11_000).Count(i => throttle.Take(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i])) is not null);
        Assert.InRange(refused, 900, 1_100);
    }
}
