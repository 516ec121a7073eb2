using BudgetProxy.Reservations;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>
/// The connection to Redis, one server or a cluster. Every call has a deadline of its own: the client's time-outs are coarse, and a server that is
/// stopped keeps its connections. What ran late may still have been executed, so callers repeat with the same id or void it.
/// </summary>
internal sealed class RedisLink : IDisposable
{
    private const string NoScript = "NOSCRIPT";

    /// <summary>
    /// Silent for so long, a connection is replaced: a host that vanished, or a network that swallows, leaves one that only looks alive.
    /// </summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    /// <summary>For what is asked before the first call comes: no caller waits, and a machine that starts much at once is slow, not broken.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(5);

    private readonly ConfigurationOptions _options;
    private readonly TimeSpan _deadline;
    private readonly TimeProvider _clock;
    private readonly bool _flagged;
    private volatile ConnectionMultiplexer _connection;
    private long _lastAnswer;
    private int _replacing;

    private RedisLink(ConnectionMultiplexer connection, ConfigurationOptions options, TimeSpan deadline, TimeProvider clock)
    {
        _options = options;
        _deadline = deadline;
        _clock = clock;
        _connection = connection;
        _lastAnswer = clock.GetTimestamp();
        _flagged = Masters.Min(server => server.Version)!.Major >= 7;
        Watch(connection);
    }

    public IDatabase Database => _connection.GetDatabase();

    /// <summary>Called when a connection was made again: behind it may be another server, or the same in another state.</summary>
    public Action? Restored { get; set; }

    /// <summary>Servers that hold keys, replicas left out.</summary>
    public IEnumerable<IServer> Masters =>
        _connection.GetEndPoints().Select(endpoint => _connection.GetServer(endpoint)).Where(server => server.IsConnected && !server.IsSlave);

    /// <param name="configuration">A StackExchange.Redis connection string.</param>
    /// <param name="deadline">How long one call may take.</param>
    /// <exception cref="StoreUnavailableException">No server answers.</exception>
    /// <exception cref="ArgumentException">The connection string can't be read.</exception>
    public static async Task<RedisLink> ConnectAsync(string configuration, TimeSpan deadline, TimeProvider clock)
    {
        var options = ConfigurationOptions.Parse(configuration);
        options.AbortOnConnectFail = false;
        options.ClientName ??= "budgetproxy";
        // For INFO, which tells how the server is run.
        options.AllowAdmin = true;
        // A lost connection is looked at again soon: every call is refused meanwhile.
        options.ReconnectRetryPolicy = new LinearRetry(200);
        try
        {
            var connection = await ConnectionMultiplexer.ConnectAsync(options);
            connection.PreserveAsyncOrder = false;
            if (connection.IsConnected)
                return new RedisLink(connection, options, deadline, clock);
            connection.Dispose();
            throw new StoreUnavailableException("Redis does not answer, or refuses the password.");
        }
        catch (RedisConnectionException failed)
        {
            throw new StoreUnavailableException($"Redis does not answer ({failed.FailureType}).", failed);
        }
    }

    /// <summary>Runs a script of the counters by its hash.</summary>
    /// <returns>Null where the server does not know the script: it was restarted, or another took its place.</returns>
    /// <exception cref="StoreUnavailableException">It may have been executed or not; <see cref="NotSent"/> tells where it surely was not.</exception>
    public async Task<RedisResult?> RunKnownAsync(RedisScript script, RedisKey[] keys, RedisValue[] arguments)
    {
        try
        {
            return Answered(await Database.ScriptEvaluateAsync(Form(script).Sha1, keys, arguments).WaitAsync(_deadline));
        }
        catch (RedisServerException answer) when (answer.Message.StartsWith(NoScript, StringComparison.Ordinal))
        {
            return null;
        }
        catch (Exception failed) when (IsOfRedis(failed))
        {
            throw Unavailable(failed);
        }
    }

    /// <summary>Runs a script that stands alone, whether the server knows it or not.</summary>
    public async Task<RedisResult> RunAsync(RedisScript script, RedisKey[] keys, params RedisValue[] arguments)
    {
        try
        {
            return Answered(await Database.ScriptEvaluateAsync(Form(script).Text, keys, arguments).WaitAsync(_deadline));
        }
        catch (RedisServerException answer) when (answer.Message.StartsWith(NoScript, StringComparison.Ordinal))
        {
            // The client believed that the server still knew it; now it loads it again.
            return await AskAsync(() => Database.ScriptEvaluateAsync(Form(script).Text, keys, arguments));
        }
        catch (Exception failed) when (IsOfRedis(failed))
        {
            throw Unavailable(failed);
        }
    }

    /// <summary>Any other question, under the same deadline and with the same errors.</summary>
    public Task<T> AskAsync<T>(Func<Task<T>> ask) => AskAsync(ask, _deadline);

    /// <summary>Makes the counters' scripts known to the server that holds a key.</summary>
    public async Task LoadScriptsAsync(IServer server)
    {
        foreach (var script in RedisScript.OfCounters)
            await AskAsync(() => server.ScriptLoadAsync(Form(script).Text));
    }

    public async Task<IServer> ServerOfAsync(RedisKey key)
    {
        var endpoint = await AskAsync(() => Database.IdentifyEndpointAsync(key));
        return endpoint is null ? throw new StoreUnavailableException("No server of Redis holds the key.") : _connection.GetServer(endpoint);
    }

    /// <summary>Keys like a pattern, asked for page by page while they are read; blocks its thread.</summary>
    /// <exception cref="StoreUnavailableException">The server can't be reached.</exception>
    public IEnumerable<RedisKey> KeysOf(IServer server, string pattern)
    {
        using var keys = server.Keys(Database.Database, pattern, pageSize: 1000).GetEnumerator();
        while (true)
        {
            try
            {
                if (!keys.MoveNext())
                    yield break;
            }
            catch (Exception failed) when (IsOfRedis(failed))
            {
                throw Unavailable(failed);
            }

            yield return keys.Current;
        }
    }

    /// <summary>One line of INFO, asked for at the start; null = there is no such line.</summary>
    public async Task<string?> InfoAsync(IServer server, string section, string name)
    {
        var info = await AskAsync(() => server.InfoAsync(section), TimeSpan.FromTicks(Math.Max(StartLimit.Ticks, _deadline.Ticks)));
        return info.SelectMany(group => group).FirstOrDefault(line => line.Key == name).Value;
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>True where the failure says that nothing went out.</summary>
    public static bool NotSent(StoreUnavailableException failure) =>
        failure.InnerException is RedisConnectionException
        {
            FailureType: ConnectionFailureType.UnableToResolvePhysicalConnection or ConnectionFailureType.UnableToConnect,
        };

    private async Task<T> AskAsync<T>(Func<Task<T>> ask, TimeSpan deadline)
    {
        try
        {
            return Answered(await ask().WaitAsync(deadline));
        }
        catch (Exception failed) when (IsOfRedis(failed))
        {
            throw Unavailable(failed);
        }
    }

    private static bool IsOfRedis(Exception failed) =>
        failed is RedisException or RedisTimeoutException or RedisCommandException or TimeoutException or ObjectDisposedException or IOException or System.Net.Sockets.SocketException;

    private T Answered<T>(T answer)
    {
        Volatile.Write(ref _lastAnswer, _clock.GetTimestamp());
        return answer;
    }

    private StoreUnavailableException Unavailable(Exception failed)
    {
        if (failed is RedisServerException)
            Volatile.Write(ref _lastAnswer, _clock.GetTimestamp());
        else if (_clock.GetElapsedTime(Volatile.Read(ref _lastAnswer)) > Silence && Interlocked.Exchange(ref _replacing, 1) == 0)
            _ = ReplaceAsync();
        return new StoreUnavailableException(failed is TimeoutException ? "Redis did not answer in time." : "Redis can't be reached or refused the step.", failed);
    }

    private async Task ReplaceAsync()
    {
        try
        {
            var connection = await ConnectionMultiplexer.ConnectAsync(_options);
            connection.PreserveAsyncOrder = false;
            if (!connection.IsConnected)
            {
                connection.Dispose();
                return;
            }

            var old = _connection;
            Watch(connection);
            _connection = connection;
            Restored?.Invoke();
            old.Dispose();
        }
        catch (Exception failed) when (IsOfRedis(failed))
        {
            // The next call that goes unanswered tries again.
        }
        finally
        {
            Volatile.Write(ref _lastAnswer, _clock.GetTimestamp());
            Volatile.Write(ref _replacing, 0);
        }
    }

    private void Watch(ConnectionMultiplexer connection) => connection.ConnectionRestored += (_, restored) =>
    {
        if (restored.ConnectionType == ConnectionType.Interactive)
            Restored?.Invoke();
    };

    private (string Text, byte[] Sha1) Form(RedisScript script) => _flagged ? script.Flagged : script.Plain;
}
