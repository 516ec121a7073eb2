using System.Diagnostics;
using System.Text;

namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>
/// A fixed number of callers, each with its own connection, each sending its next call when it has the answer to the last. The ports are dealt out to
/// them in turn.
/// </summary>
internal sealed class LoadGenerator(IReadOnlyList<int> ports, string path, string key, LoadCase load)
{
    private readonly LatencyHistogram _latencies = new();
    private string? _error;
    private long _calls;
    private long _stamp = Stopwatch.GetTimestamp();
    private volatile bool _measuring;
    private volatile bool _stopped;

    /// <summary>Warms up, then measures for a time.</summary>
    public async Task<LoadResult> RunAsync(TimeSpan warmUp, TimeSpan time)
    {
        var callers = Enumerable.Range(0, load.Callers).Select(caller => Task.Run(() => CallAsync(caller, () => true))).ToArray();
        await Task.Delay(warmUp);
        _measuring = true;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAny(Task.WhenAll(callers), Task.Delay(time));
        _measuring = false;
        var calls = _latencies.Count();
        var took = Stopwatch.GetElapsedTime(started);
        _stopped = true;
        await Task.WhenAll(callers);
        return new LoadResult(calls / took.TotalSeconds, _latencies.Percentile(50), _latencies.Percentile(99), _calls, _error);
    }

    /// <summary>Makes a number of calls, as fast as they go.</summary>
    public async Task<LoadResult> RunAsync(long calls)
    {
        _measuring = true;
        var started = Stopwatch.GetTimestamp();
        var left = calls;
        await Task.WhenAll(
            Enumerable.Range(0, load.Callers).Select(caller => Task.Run(() => CallAsync(caller, () => Interlocked.Decrement(ref left) >= 0))));
        var rate = _calls / Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new LoadResult(rate, _latencies.Percentile(50), _latencies.Percentile(99), _calls, _error);
    }

    private async Task CallAsync(int caller, Func<bool> goOn)
    {
        var port = ports[caller % ports.Count];
        var request = Request(port);
        using var connection = new LoadConnection(port, request, load.Streamed);
        try
        {
            await connection.ConnectAsync();
            while (!_stopped && goOn())
            {
                if (load.IsFresh)
                    LoadCase.Stamp(request, Interlocked.Increment(ref _stamp));
                var started = Stopwatch.GetTimestamp();
                await connection.CallAsync();
                if (_measuring)
                    _latencies.Add(Stopwatch.GetElapsedTime(started));
                Interlocked.Increment(ref _calls);
            }
        }
        catch (Exception e)
        {
            _error ??= e.Message;
            _stopped = true;
        }
    }

    private byte[] Request(int port)
    {
        var body = load.RequestBody();
        var head = $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }
}
