using BudgetProxy.Forwarding;
using BudgetProxy.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace BudgetProxy.Tests.Hosting;

public sealed class CallDrainTests
{
    [Fact]
    public async Task Once_the_server_has_stopped_the_settling_of_every_call_is_waited_for()
    {
        using var calls = new CallsInFlight(TimeProvider.System);
        using var drain = new CallDrain(calls, new ProxyOptions(), TimeProvider.System, NullLogger<CallDrain>.Instance);
        calls.Enter();
        // The host's own limit has passed: what is spent must be booked all the same.
        var stopped = drain.StopAsync(new CancellationToken(canceled: true));
        Assert.True(calls.Cut.IsCancellationRequested);
        Assert.False(stopped.IsCompleted);
        calls.Leave();
        await stopped;
    }

    [Fact]
    public async Task The_stop_delay_ends_when_it_is_hurried()
    {
        using var calls = new CallsInFlight(TimeProvider.System);
        using var drain = new CallDrain(
            calls, new ProxyOptions { StopDelay = TimeSpan.FromHours(1) }, TimeProvider.System, NullLogger<CallDrain>.Instance);
        var stopping = drain.StoppingAsync(CancellationToken.None);
        Assert.True(calls.Closing);
        Assert.False(stopping.IsCompleted);
        Assert.False(calls.Cut.IsCancellationRequested);
        drain.Hurry();
        await stopping;
        Assert.True(calls.Cut.IsCancellationRequested);
    }
}
