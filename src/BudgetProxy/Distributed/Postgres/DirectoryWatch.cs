using BudgetProxy.Rates;
using BudgetProxy.Tenants;
using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>
/// Keeps the directory and the rates in memory as the database has them: woken by NOTIFY on a connection of its own, and looking by itself twice a second, for that
/// connection may be broken unnoticed. While the database is away the last snapshot stays in force.
/// </summary>
public sealed partial class DirectoryWatch(
    PostgresDatabase database, TenantDirectory directory, RateTable rates, TimeProvider time, ILogger<DirectoryWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ReconnectPause = TimeSpan.FromSeconds(1);

    private TaskCompletionSource _wake = NewWake();
    private bool _reading = true;
    private bool _listening = true;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(RefreshAsync(stoppingToken), ListenAsync(stoppingToken));

    private static TaskCompletionSource NewWake() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RefreshAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            // Taken before the look, so that what is announced during it causes another.
            Volatile.Write(ref _wake, NewWake());
            try
            {
                await directory.RefreshAsync(stoppingToken);
                await rates.RefreshAsync(stoppingToken);
                if (!_reading)
                    Log.ReadAgain(logger);
                _reading = true;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it is, the next look may succeed, and until then the snapshot in force is better than none.
                if (_reading)
                    Log.NotRead(logger, e);
                _reading = false;
            }

            await Task.WhenAny(Volatile.Read(ref _wake).Task, Task.Delay(Period, time, stoppingToken));
            stoppingToken.ThrowIfCancellationRequested();
        }
    }

    private async Task ListenAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await using var connection = await database.ConnectAsync(stoppingToken);
                connection.Notification += (_, _) => Wake();
                await using (var listen = new NpgsqlCommand($"LISTEN {PostgresDirectoryStore.Channel}", connection))
                    await listen.ExecuteNonQueryAsync(stoppingToken);
                if (!_listening)
                    Log.ListeningAgain(logger);
                _listening = true;
                // For what was announced while nobody listened.
                Wake();
                while (true)
                    await connection.WaitAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                if (_listening)
                    Log.NotListening(logger, e);
                _listening = false;
            }

            await Task.Delay(ReconnectPause, time, stoppingToken);
        }
    }

    private void Wake() => Volatile.Read(ref _wake).TrySetResult();

    private static partial class Log
    {
        [LoggerMessage(5001, LogLevel.Warning, "The directory or the rate table can't be read from PostgreSQL; what was read last stays in force, and it is tried again twice a second.")]
        public static partial void NotRead(ILogger logger, Exception exception);

        [LoggerMessage(5002, LogLevel.Information, "The directory and the rate table are read from PostgreSQL again.")]
        public static partial void ReadAgain(ILogger logger);

        [LoggerMessage(5003, LogLevel.Warning, "Changes of the directory and of rates are not announced by PostgreSQL at present; they are found by looking twice a second. The connection is tried again every second.")]
        public static partial void NotListening(ILogger logger, Exception exception);

        [LoggerMessage(5004, LogLevel.Information, "Changes of the directory and of rates are announced by PostgreSQL again.")]
        public static partial void ListeningAgain(ILogger logger);
    }
}
