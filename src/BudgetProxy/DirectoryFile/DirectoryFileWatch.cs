using BudgetProxy.Audit;
using BudgetProxy.Hosting;
using BudgetProxy.Tenants;

namespace BudgetProxy.DirectoryFile;

/// <summary>
/// Keeps the directory file in force: applies it at start, and again when what stands in it has changed. It is looked at twice a second and taken when two looks see the same, so
/// that a file that is just being written is not taken for a whole one; that also sees what no file system tells of, such as a moved link or a mount from elsewhere. A content is applied once:
/// what others change in the directory afterwards stays until the file changes or a proxy starts, and proxies with different files do not take turns.
/// </summary>
public sealed partial class DirectoryFileWatch(
    DirectoryApplier applier, TenantDirectory directory, ProxyOptions options, ProxyMetrics metrics, ILogger<DirectoryFileWatch> logger) : BackgroundService
{
    /// <summary>Errors that a log entry shows; all of them are told at start, and by <c>POST /admin/v1/directory</c>.</summary>
    private const int MostLogged = 20;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    /// <summary>What was dealt with last.</summary>
    private string? _done;

    /// <summary>What the last look saw.</summary>
    private string? _seen;

    private bool _storeAway;

    /// <exception cref="ConfigurationException">The file is at fault, and nothing is stored that could be served instead.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.DirectoryFile is not { } path)
            return;
        var errors = await TakeAsync(FileReading.Of(path), cancellationToken);
        if (errors.Count > 0 && !directory.Current.Tenants.Any() && !directory.Current.Plans.Any())
            throw new ConfigurationException([.. errors.Select(error => $"BudgetProxy__DirectoryFile: {error}")]);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var reading = FileReading.Of(options.DirectoryFile!);
            var isStill = reading.Identity == _seen;
            _seen = reading.Identity;
            if (isStill && reading.Identity != _done)
                await TakeAsync(reading, stoppingToken);
        }
    }

    /// <summary>Applies what was read, where it can be.</summary>
    /// <returns>What is wrong with it.</returns>
    private async Task<IReadOnlyList<string>> TakeAsync(FileReading reading, CancellationToken cancellationToken)
    {
        try
        {
            var errors = await ApplyAsync(reading, cancellationToken);
            _done = reading.Identity;
            _storeAway = false;
            return errors;
        }
        catch (Exception away) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it is, the next look may do better, and a file never ends the proxy that it is for. Tried again at the next look.
            if (!_storeAway)
            {
                Log.StoreAway(logger, options.DirectoryFile!, away);
                metrics.DirectoryFileRead("unavailable");
            }

            _storeAway = true;
            return [];
        }
    }

    private async Task<IReadOnlyList<string>> ApplyAsync(FileReading reading, CancellationToken cancellationToken)
    {
        var path = options.DirectoryFile!;
        if (reading.Content is not { } content)
        {
            metrics.DirectoryFileRead("refused");
            Log.NotRead(logger, path, reading.Problem!);
            return [$"{path} can't be read: {reading.Problem}."];
        }

        var request = new DirectoryRequest(content, KeySources.OfProcess, options.DirectoryFilePrune);
        var outcome = await applier.ApplyAsync(request, AuditActor.DirectoryFile, cancellationToken);
        foreach (var warning in outcome.Warnings.Take(MostLogged))
            Log.Warned(logger, path, warning);
        if (outcome.Errors.Count == 0)
        {
            metrics.DirectoryFileRead(outcome.Changes.Count == 0 ? "unchanged" : "applied");
            Log.Applied(logger, path, outcome.Changes.Count);
            return [];
        }

        metrics.DirectoryFileRead("refused");
        List<string> errors = [.. outcome.Errors.Select(error => $"{path}:{error}")];
        Log.Refused(logger, path, errors.Count, string.Join(Environment.NewLine, errors.Take(MostLogged)));
        return errors;
    }

    private static partial class Log
    {
        [LoggerMessage(8001, LogLevel.Information, "The directory file {Path} is in force: {Changes} changes.")]
        public static partial void Applied(ILogger logger, string path, int changes);

        [LoggerMessage(8002, LogLevel.Error, "The directory file {Path} is at fault ({Count}). NOTHING of it is applied; the directory stays as it was:\n{Errors}")]
        public static partial void Refused(ILogger logger, string path, int count, string errors);

        [LoggerMessage(8003, LogLevel.Error, "The directory file {Path} can't be read: {Problem}. The directory stays as it was.")]
        public static partial void NotRead(ILogger logger, string path, string problem);

        [LoggerMessage(8004, LogLevel.Warning, "{Path}:{Warning}")]
        public static partial void Warned(ILogger logger, string path, FileError warning);

        [LoggerMessage(8005, LogLevel.Error, "The directory file {Path} is not applied yet, mostly since the store can't be reached; it is tried again twice a second.")]
        public static partial void StoreAway(ILogger logger, string path, Exception exception);
    }
}
