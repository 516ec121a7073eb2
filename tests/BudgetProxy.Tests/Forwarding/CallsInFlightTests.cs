using BudgetProxy.Core.Requests;
using BudgetProxy.Forwarding;
using BudgetProxy.Gateway;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace BudgetProxy.Tests.Forwarding;

public sealed class CallsInFlightTests
{
    [Fact]
    public void None_are_left_once_the_last_has_ended()
    {
        using var calls = new CallsInFlight(TimeProvider.System);
        Assert.True(calls.WhenNoneAsync().IsCompleted);
        calls.Enter();
        calls.Enter();
        var none = calls.WhenNoneAsync();
        calls.Leave();
        Assert.False(none.IsCompleted);
        Assert.Equal(1, calls.Count);
        calls.Leave();
        Assert.True(none.IsCompleted);
    }

    [Fact]
    public void A_later_cut_does_not_put_off_one_that_was_made()
    {
        using var calls = new CallsInFlight(TimeProvider.System);
        calls.CutAfter(TimeSpan.Zero);
        calls.CutAfter(TimeSpan.FromHours(1));
        Assert.True(calls.Cut.IsCancellationRequested);
    }

    [Fact]
    public async Task After_the_cut_nothing_goes_to_a_provider()
    {
        using var calls = new CallsInFlight(TimeProvider.System);
        using var target = new ProviderTarget(Provider.OpenAi, new Uri("http://127.0.0.1:1"), null);
        using var exchange = new FreeExchange(target, "/v1/models");
        calls.CutAfter(TimeSpan.Zero);
        // There is no forwarder that it could use.
        Assert.Equal(ForwarderError.RequestCanceled, await new ProviderForwarder(null!, calls).SendAsync(new DefaultHttpContext(), exchange));
        Assert.True(exchange.Cut);
    }
}
