using System.Net.Sockets;

namespace BudgetProxy.Tests.Infrastructure;

/// <summary>A real redis-server of a test's own, on a free port, with a folder of its own. It can be killed, frozen, emptied and set back.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    /// <summary>Holds <c>127.0.0.1:port</c> of a server whose content tests may drop; without it they start one.</summary>
    public const string Variable = "BUDGETPROXY_TEST_REDIS";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    private readonly RedisServerOptions _options;
    private readonly TempFolder? _folder;
    private readonly bool _outlivesTest;
    private readonly int? _busPort;
    private ChildProcess? _process;

    private RedisServer(RedisServerOptions options, int port, TempFolder? folder, bool outlivesTest)
    {
        _options = options;
        _folder = folder;
        _outlivesTest = outlivesTest;
        _busPort = options.Cluster ? FreePort.Next() : null;
        Port = port;
    }

    public int Port { get; }

    /// <summary>For StackExchange.Redis.</summary>
    public string ConnectionString => $"127.0.0.1:{Port},abortConnect=false";

    public int Pid => Process.Pid;

    private ChildProcess Process => _process ?? throw new InvalidOperationException("This server was not started here and can't be harmed.");

    /// <summary>The server named by <see cref="Variable"/>, else one of its own, which no test's end ends. Not to be broken.</summary>
    public static async Task<RedisServer> NamedOrStartedAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } named)
            return await StartAsync(new RedisServerOptions(), outlivesTest: true);
        var port = named.Split(',')[0].Split(':') is [_, var text] ? int.Parse(text) : 6379;
        return new RedisServer(new RedisServerOptions(), port, folder: null, outlivesTest: true);
    }

    /// <summary>Starts a server of the caller's own, to break as it likes.</summary>
    public static Task<RedisServer> StartAsync(RedisServerOptions? options = null) => StartAsync(options ?? new RedisServerOptions(), outlivesTest: false);

    /// <summary>One command; see <see cref="RespClient.ExecuteAsync"/>.</summary>
    public async Task<object?> ExecuteAsync(params string[] words)
    {
        using var client = await RespClient.ConnectAsync(Port);
        return await client.ExecuteAsync(words);
    }

    /// <summary>SIGKILL. What it had in memory is lost; what it had written to its append-only file is in the folder.</summary>
    public Task KillAsync() => Process.KillAsync();

    /// <summary>SIGSTOP: connections stay open, nothing is answered.</summary>
    public void StopProcess() => Process.Freeze();

    /// <summary>SIGCONT.</summary>
    public void ContinueProcess() => Process.Thaw();

    /// <summary>Starts it again on the same port with what its folder has.</summary>
    public Task StartAgainAsync() => LaunchAsync(_options.AppendOnly);

    /// <summary>Starts it again with nothing in it.</summary>
    public Task StartEmptyAsync()
    {
        Clear();
        return StartAgainAsync();
    }

    /// <summary>Starts it again as it was when the snapshot was made.</summary>
    /// <param name="snapshot">From <see cref="SnapshotAsync"/>.</param>
    public async Task StartFromAsync(string snapshot)
    {
        Clear();
        File.Copy(snapshot, Path.Combine(_folder!.Path, "dump.rdb"));
        // With the append-only file on, Redis would not look at a dump; so it loads that first and then begins a new file from it.
        await LaunchAsync(appendOnly: false);
        if (_options.AppendOnly)
            await ExecuteAsync("CONFIG", "SET", "appendonly", "yes");
    }

    /// <summary>Its present state as a file that <see cref="StartFromAsync"/> takes.</summary>
    public async Task<string> SnapshotAsync()
    {
        await ExecuteAsync("SAVE");
        var copy = Path.Combine(_folder!.Path, $"snapshot-{Guid.CreateVersion7():N}");
        File.Copy(Path.Combine(_folder.Path, "dump.rdb"), copy);
        return copy;
    }

    /// <summary>Introduces this node of a cluster to another.</summary>
    public Task MeetAsync(RedisServer other) =>
        ExecuteAsync("CLUSTER", "MEET", "127.0.0.1", $"{other.Port}", $"{other._busPort}");

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _folder?.Dispose();
    }

    private static async Task<RedisServer> StartAsync(RedisServerOptions options, bool outlivesTest)
    {
        var server = new RedisServer(options, FreePort.Next(), new TempFolder(), outlivesTest);
        await server.LaunchAsync(options.AppendOnly);
        return server;
    }

    private async Task LaunchAsync(bool appendOnly)
    {
        if (_process is not null)
            await _process.DisposeAsync();
        List<string> words =
        [
            "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _folder!.Path, "--save", "", "--daemonize", "no",
            "--appendonly", appendOnly ? "yes" : "no", "--appendfsync", _options.Fsync, "--maxmemory-policy", _options.MaxMemoryPolicy,
        ];
        if (_options.MaxMemory is { } limit)
            words.AddRange(["--maxmemory", limit]);
        if (_busPort is { } bus)
            words.AddRange(["--cluster-enabled", "yes", "--cluster-port", $"{bus}", "--cluster-node-timeout", "2000"]);
        words.AddRange(_options.More);
        _process = ChildProcess.Start("redis-server", words, outlivesTest: _outlivesTest);
        await Poll.UntilAsync(AnswersAsync, StartLimit, "redis-server answers");
    }

    private async Task<bool> AnswersAsync()
    {
        if (Process.HasExited)
            throw new InvalidOperationException($"redis-server ended at its start: {Process.Output}");
        try
        {
            return await ExecuteAsync("PING") is "PONG";
        }
        catch (Exception notYet) when (notYet is SocketException or IOException or InvalidOperationException)
        {
            // Not listening, or still loading.
            return false;
        }
    }

    private void Clear()
    {
        foreach (var folder in Directory.GetDirectories(_folder!.Path))
            Directory.Delete(folder, recursive: true);
        File.Delete(Path.Combine(_folder.Path, "dump.rdb"));
    }
}
