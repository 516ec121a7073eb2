using System.Net;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Gateway;

namespace BudgetProxy.Tests.Hosting;

/// <summary>SIGTERM to the real process: what is in flight ends, whatever ends is booked, and the process ends with 0.</summary>
public sealed class ShutdownTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact(Timeout = 120_000)]
    public async Task After_SIGTERM_50_open_streams_finish_and_the_ledger_is_exact()
    {
        await using var scene = await ShutdownScene.StartAsync();
        scene.Provider.Script = _ => new SimulatedAnswer { OutputTokens = 150, ChunkDelay = TimeSpan.FromMilliseconds(20) };
        var streams = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => scene.OpenStreamAsync(anthropic: i % 2 == 1)));

        Assert.Equal(0, await scene.Proxy.TerminateAsync(Limit));

        foreach (var stream in streams)
            Assert.Contains(await stream.ReadToEndAsync(), end => end is "data: [DONE]" or "event: message_stop");
        Assert.All(streams, stream => Assert.True(stream.CostTrailer > 0));
        var books = await scene.ReadBooksAsync();
        Assert.All(books.Ledger, entry => Assert.Equal("reported", entry.GetProperty("basis").GetString()));
        Assert.Equal(50, books.Ledger.Count);
        Assert.Equal(scene.Provider.Billed.Output, books.OutputTokens);
        Assert.Equal(streams.Sum(stream => stream.CostTrailer), books.Cost);
        books.AssertCountersEqualLedger();
    }

    [Fact(Timeout = 120_000)]
    public async Task Calls_that_outlast_the_drain_limit_are_cut_and_each_has_its_entry()
    {
        await using var scene = await ShutdownScene.StartAsync(("BudgetProxy__DrainLimit", "00:00:01"));
        // A call that is not streamed gets no answer at all.
        scene.Provider.Script = call => call.Request.Streamed
            ? new SimulatedAnswer { Endless = true, ChunkDelay = TimeSpan.FromMilliseconds(10) }
            : new SimulatedAnswer { Hang = true };
        var streams = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => scene.OpenStreamAsync(anthropic: i % 2 == 1)));
        var waiting = scene.SendAsync(Bodies.Chat(), CancellationToken.None);
        using var patience = new CancellationTokenSource();
        var left = scene.SendAsync(Bodies.Chat(), patience.Token);
        await scene.WhenCalledAsync(10);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);

        Assert.Equal(0, await scene.Proxy.TerminateAsync(Limit));

        foreach (var stream in streams)
            await Assert.ThrowsAnyAsync<IOException>(stream.ReadToEndAsync);
        using var answer = await waiting;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("shutting_down", Assert.Single(answer.Headers.GetValues("X-BudgetProxy-Code")));
        Assert.Equal("false", Assert.Single(answer.Headers.GetValues("x-should-retry")));

        // Read before a proxy starts again, which would charge what had been left open.
        Assert.Equal(0, scene.OpenReservations());
        var books = await scene.ReadBooksAsync();
        Assert.Equal(10, books.Ledger.Count);
        Assert.Equal(8, books.Ledger.Count(entry => entry.GetProperty("basis").GetString() == "counted"));
        Assert.Equal(2, books.Ledger.Count(entry => entry.GetProperty("basis").GetString() == "presumed"));
        Assert.Equal(10, books.Ledger.Select(entry => entry.GetProperty("requestId").GetString()).Distinct().Count());
        books.AssertCountersEqualLedger();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_second_SIGTERM_ends_the_drain_at_once_and_still_settles()
    {
        await using var scene = await ShutdownScene.StartAsync(("BudgetProxy__DrainLimit", "01:00:00"));
        scene.Provider.Script = _ => new SimulatedAnswer { Endless = true, ChunkDelay = TimeSpan.FromMilliseconds(10) };
        var streams = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => scene.OpenStreamAsync(anthropic: i % 2 == 1)));
        scene.Proxy.AskToEnd();
        // The drain goes on: no new connection, and the streams flow.
        while (await scene.ReadinessAsync() is not null)
            await Task.Delay(10);
        foreach (var stream in streams)
            await stream.ReadLinesAsync(20);

        Assert.Equal(0, await scene.Proxy.TerminateAsync(Limit));

        foreach (var stream in streams)
            await Assert.ThrowsAnyAsync<IOException>(stream.ReadToEndAsync);
        Assert.Equal(0, scene.OpenReservations());
        var books = await scene.ReadBooksAsync();
        Assert.Equal(4, books.Ledger.Count);
        Assert.All(books.Ledger, entry => Assert.Equal("counted", entry.GetProperty("basis").GetString()));
        books.AssertCountersEqualLedger();
    }

    [Fact(Timeout = 120_000)]
    public async Task Within_the_stop_delay_it_is_not_ready_and_serves_until_a_second_SIGTERM()
    {
        await using var scene = await ShutdownScene.StartAsync(("BudgetProxy__StopDelay", "00:01:00"));
        using (var before = await scene.SendAsync(Bodies.Chat(), CancellationToken.None))
            Assert.NotEqual(true, before.Headers.ConnectionClose);

        scene.Proxy.AskToEnd();
        while (await scene.ReadinessAsync() == HttpStatusCode.OK)
            await Task.Delay(10);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await scene.ReadinessAsync());
        using (var served = await scene.SendAsync(Bodies.Chat(), CancellationToken.None))
        {
            Assert.Equal(HttpStatusCode.OK, served.StatusCode);
            Assert.True(served.Headers.ConnectionClose);
        }

        Assert.Equal(0, await scene.Proxy.TerminateAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(2, (await scene.ReadBooksAsync()).Ledger.Count);
    }
}
