using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace BudgetProxy.Tests.Infrastructure;

/// <summary>
/// A real PostgreSQL server of a test's own in a temporary folder, on a free port of the loopback address; or one that is already there. Its default
/// collation is a language's, so that a query which forgets to ask for ordinal order is found out.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Holds an Npgsql connection string of a server that tests may make databases on; without it they start one.</summary>
    public const string Variable = "BUDGETPROXY_TEST_POSTGRES";

    private const string Versions = "/usr/lib/postgresql";

    private readonly DirectoryInfo? _folder;
    private readonly NpgsqlConnectionStringBuilder _address;
    private Process? _keeper;

    private PostgresServer(NpgsqlConnectionStringBuilder address, DirectoryInfo? folder)
    {
        _address = address;
        _folder = folder;
    }

    /// <summary>The process id of the server's main process; it must be one that <see cref="StartAsync"/> started.</summary>
    public int Pid => int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    /// <summary>The port of 127.0.0.1 that it listens on.</summary>
    public int Port => _address.Port;

    private string Data => Path.Combine(_folder?.FullName ?? throw new InvalidOperationException("This server was not started by the tests."), "data");

    /// <summary>The server named by <see cref="Variable"/>, else one of its own. Not to be stopped.</summary>
    public static async Task<PostgresServer> NamedOrStartedAsync() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
        ? new PostgresServer(new NpgsqlConnectionStringBuilder(named), folder: null)
        : await StartAsync();

    /// <summary>Starts a server of the caller's own, to stop and start as it likes.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("budgetproxy-pg-");
        if (Environment.UserName == "root")
            await RunAsync("chown", ["postgres", folder.FullName], folder.FullName);
        var address = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = FreePort.Next(), Username = "postgres", Database = "postgres", IncludeErrorDetail = true };
        var server = new PostgresServer(address, folder);
        await server.RunAsPostgresAsync(
            "initdb", "-D", server.Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US", "--no-sync");
        File.AppendAllText(
            Path.Combine(server.Data, "postgresql.conf"),
            $"""

             listen_addresses = '127.0.0.1'
             port = {address.Port}
             unix_socket_directories = '{folder.FullName}'
             max_connections = 200
             shared_buffers = 32MB
             fsync = off
             full_page_writes = off
             synchronous_commit = on

             """);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Makes a fresh database; answers its Npgsql connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Guid.CreateVersion7():N}";
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_address.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE {name} TEMPLATE template0";
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(_address.ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>Stops the server and returns once it is gone.</summary>
    /// <param name="immediate">True: it drops everything at once, as in a crash, and recovers at its next start. False: it ends sessions in order.</param>
    public async Task StopAsync(bool immediate)
    {
        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
            await RunAsPostgresAsync("pg_ctl", "stop", "-D", Data, "-w", "-m", immediate ? "immediate" : "fast");
        if (_keeper is null)
            return;
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync();
        _keeper.Dispose();
        _keeper = null;
    }

    /// <summary>Starts a stopped or killed server on the same port and data; returns once it answers.</summary>
    public async Task StartAgainAsync()
    {
        _keeper?.Dispose();
        // The shell waits for the end of its input, which comes with the end of the tests however they end: no server outlives them.
        var (program, arguments) = AsPostgres(
            "sh", ["-c", "\"$0\" -D \"$1\" </dev/null >>\"$1/server.log\" 2>&1 & cat >/dev/null; kill -QUIT $! 2>/dev/null; wait", Program("postgres"), Data]);
        _keeper = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder!.FullName, RedirectStandardInput = true, UseShellExecute = false })!;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_address.ConnectionString) { Pooling = false }.ConnectionString);
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException) when (attempt < 600)
            {
                await Task.Delay(50);
            }
            catch (NpgsqlException e)
            {
                throw new InvalidOperationException($"PostgreSQL did not start: {File.ReadAllText(Path.Combine(Data, "server.log"))}", e);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_folder is null)
            return;
        await StopAsync(immediate: true);
        _folder.Delete(recursive: true);
    }

    private static string Program(string name) =>
        Folders().Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException($"{name} of PostgreSQL 15 or newer is not installed (Debian: postgresql). Or name a server in {Variable}.");

    /// <summary>Where Debian puts each version, the newest first; then the path.</summary>
    private static IEnumerable<string> Folders() =>
    [
        .. Directory.Exists(Versions) ? Directory.GetDirectories(Versions).OrderDescending().Select(version => Path.Combine(version, "bin")) : [],
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator),
    ];

    /// <summary>The server refuses to run as root.</summary>
    private static (string Program, string[] Arguments) AsPostgres(string program, string[] arguments) =>
        Environment.UserName == "root" ? ("runuser", ["-u", "postgres", "--", program, .. arguments]) : (program, arguments);

    private Task RunAsPostgresAsync(string name, params string[] arguments)
    {
        var (program, all) = AsPostgres(Program(name), arguments);
        return RunAsync(program, all, _folder!.FullName);
    }

    private static async Task RunAsync(string program, string[] arguments, string folder)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            })!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {string.Concat(output)}");
    }
}
