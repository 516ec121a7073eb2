using BudgetProxy.Forwarding;
using Microsoft.AspNetCore.Connections;

namespace BudgetProxy.Hosting;

/// <summary>
/// Ends the proxy in order, however it is told to stop. Not ready at once, and new calls are taken for <see cref="ProxyOptions.StopDelay"/>, so
/// that a load balancer sees it; then the server takes no connection and calls in flight may finish, until <see cref="ProxyOptions.DrainLimit"/>
/// cuts them. The host stops its services in the reverse order of their registration and the server first of all, so this one, registered last,
/// waits for the settling of every call while all that settles still runs.
/// </summary>
public sealed partial class CallDrain : IHostedLifecycleService, IDisposable
{
    /// <summary>How long, after the server has stopped or calls were cut, their settling is waited for.</summary>
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(10);

    /// <summary>How long after the cut a connection may take its last bytes. Longer than a cut call is read on for what was on its way.</summary>
    private static readonly TimeSpan CloseAfterCut = TimeSpan.FromSeconds(2);

    /// <summary>For the services that stop after this one: spools, drainers, the last attempt to book.</summary>
    private static readonly TimeSpan OthersLimit = TimeSpan.FromSeconds(15);

    private readonly CallsInFlight _calls;
    private readonly ProxyOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<CallDrain> _logger;
    private readonly CancellationTokenSource _hurried = new();
    private readonly CancellationTokenSource _closed;

    public CallDrain(CallsInFlight calls, ProxyOptions options, TimeProvider clock, ILogger<CallDrain> logger)
    {
        (_calls, _options, _clock, _logger) = (calls, options, clock, logger);
        _closed = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        calls.Cut.Register(BeginCut);
    }

    /// <summary>What the host must allow the whole of stopping, so that it never breaks it off itself.</summary>
    public static TimeSpan LimitOf(ProxyOptions options) => options.StopDelay + options.DrainLimit + CloseAfterCut + SettleLimit + OthersLimit;

    /// <summary>
    /// Serves a connection, and aborts it where it is still open a moment after the cut: a client that reads slowly, an upload, an export. The
    /// server itself would wait for them as long as for the calls.
    /// </summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        await using var registration = _closed.Token.UnsafeRegister(static state => ((ConnectionContext)state!).Abort(), connection);
        await next(connection);
    }

    /// <summary>Ends the drain at once: delay and limit are over, what is in flight is cut and settled.</summary>
    public void Hurry()
    {
        _hurried.Cancel();
        _calls.CutAfter(TimeSpan.Zero);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The first step of stopping: the server still accepts connections until it returns.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _calls.Close();
        Log.Stopping(_logger, _calls.Count, _options.DrainLimit);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _hurried.Token);
        await Task.Delay(_options.StopDelay, _clock, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _calls.CutAfter(_options.DrainLimit);
    }

    /// <summary>The server has stopped: whoever is left has no client any more, and is settled.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _calls.CutAfter(TimeSpan.Zero);
        try
        {
            await _calls.WhenNoneAsync().WaitAsync(SettleLimit, _clock, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            Log.Left(_logger, _calls.Count);
        }
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _hurried.Dispose();
        _closed.Dispose();
    }

    private void BeginCut()
    {
        if (_calls.Count > 0)
            Log.Cut(_logger, _calls.Count);
        _closed.CancelAfter(CloseAfterCut);
    }

    private static partial class Log
    {
        [LoggerMessage(3021, LogLevel.Information, "Stopping: {Count} calls are in flight and may finish within {Limit}. A second signal ends them at once.")]
        public static partial void Stopping(ILogger logger, int count, TimeSpan limit);

        [LoggerMessage(3022, LogLevel.Warning, "{Count} calls were still in flight: they are cut, and charged for what passed.")]
        public static partial void Cut(ILogger logger, int count);

        [LoggerMessage(3023, LogLevel.Error, "{Count} calls have not ended. Their reservations stand, and are charged at their worst case when they expire.")]
        public static partial void Left(ILogger logger, int count);
    }
}
