using BudgetProxy.Hosting;
using BudgetProxy.Tenants;

namespace BudgetProxy.Batches;

/// <summary>One look at a batch that this proxy has claimed: asks how it stands, and does what is to be done next.</summary>
public sealed partial class BatchLook
{
    /// <summary>How long after its beginning a batch that the provider does not list can't appear there any more.</summary>
    private static readonly TimeSpan UnknownLimit = BatchProvider.SendLimit + TimeSpan.FromMinutes(5);

    /// <summary>Looks after which results that can't be read, or are no line's, are believed to stay so.</summary>
    private const int LooksAtBadResults = 3;

    private readonly BatchParts _parts;
    private readonly TenantDirectory _directory;
    private readonly ProxyOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<BatchLook> _logger;

    public BatchLook(BatchParts parts, TenantDirectory directory, ProxyOptions options, TimeProvider clock, ILogger<BatchLook> logger) =>
        (_parts, _directory, _options, _clock, _logger) = (parts, directory, options, clock, logger);

    /// <summary>Looks, and gives the batch back unless it is done with.</summary>
    public async Task RunAsync(Batch batch, BatchLease lease, CancellationToken cancellationToken)
    {
        var good = false;
        try
        {
            good = batch.State switch
            {
                BatchState.Sending => await FindAsync(batch, lease, cancellationToken),
                BatchState.Open => await FollowAsync(batch, lease, cancellationToken),
                _ => await DropAsync(batch),
            };
        }
        catch (Exception failed) when (IsOfProvider(failed, cancellationToken))
        {
            Log.Failed(_logger, batch.Id, failed);
        }
        catch (FormatException damaged)
        {
            Log.Failed(_logger, batch.Id, damaged);
        }

        var failures = good ? 0 : batch.Failures + 1;
        await lease.ReleaseAsync(_clock.GetUtcNow() + PauseAfter(failures), failures, cancellationToken);
    }

    private static bool IsOfProvider(Exception failed, CancellationToken cancellationToken) =>
        failed is HttpRequestException or IOException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private bool IsOver(Batch batch) => _clock.GetUtcNow() > batch.CreatedAt + _options.BatchLifetime;

    private async Task<bool> DropAsync(Batch batch)
    {
        await _parts.Admission.DropAsync(batch.Tenant, batch.Id, batch.State);
        return true;
    }

    /// <summary>
    /// Its creation got no clear answer. One that the provider does not list was never made. OpenAI's is known by its input file, which is the tenant's alone; an
    /// Anthropic batch of the same size may be anybody's, so none is taken: its results would be shown and billed to the wrong tenant.
    /// </summary>
    private async Task<bool> FindAsync(Batch batch, BatchLease lease, CancellationToken cancellationToken)
    {
        if (IsOver(batch))
            return await SettleAsync(batch, null, lease, cancellationToken);
        // Anthropic's list says nothing until every creation that was under way then has kept its id.
        var isLate = _clock.GetUtcNow() > batch.CreatedAt + UnknownLimit;
        if (batch.Definition.InputFile is null && !isLate)
            return true;
        if (await _parts.Search.FindAsync(batch, cancellationToken) is not { } found)
            return false;
        // Of several of one file any will do, since each is looked for once.
        if (found.Count > 0 && batch.Definition.InputFile is not null)
        {
            var (seen, json) = found[0];
            if (await _parts.Store.MoveAsync(batch.Id, BatchState.Sending, BatchState.Open, seen.Id, json, cancellationToken))
                Log.Found(_logger, batch.Id, seen.Id);
            return true;
        }

        if (found.Count == 0 && isLate)
            await DropAsync(batch);
        return true;
    }

    private async Task<bool> FollowAsync(Batch batch, BatchLease lease, CancellationToken cancellationToken)
    {
        var provider = batch.Definition.Provider;
        using var answer = await _parts.Provider.AskAsync(provider, HttpMethod.Get, OwnBatches.PathOf(provider, batch.ProviderId!), null, cancellationToken);
        var seen = answer.IsSuccess ? await _parts.Own.NoteAsync(batch, answer.Text) : null;
        if (seen is { Ended: true })
            return await SettleAsync(batch, seen, lease, cancellationToken);
        if (IsOver(batch))
            return await SettleAsync(batch, null, lease, cancellationToken);
        return seen is not null;
    }

    /// <summary>Reads the results and books them. Before the lifetime's end results that are not all there are read again later; after it, lines without one are presumed.</summary>
    /// <param name="seen">The batch as it ended; null = nobody knows how.</param>
    private async Task<bool> SettleAsync(Batch batch, ProviderBatch? seen, BatchLease lease, CancellationToken cancellationToken)
    {
        var (outcomes, worst) = await _parts.Results.BeginAsync(batch, cancellationToken);
        if (outcomes.Count != batch.Definition.LineCount)
        {
            // Another proxy has settled it meanwhile and dropped its lines: every result would look like a stranger's.
            Log.NoLines(_logger, batch.Id, outcomes.Count, batch.Definition.LineCount);
            return false;
        }

        var isWhole = false;
        if (seen is not null)
        {
            try
            {
                await _parts.Results.ReadAsync(seen, batch.Definition.Provider, outcomes, lease, cancellationToken);
                isWhole = IsWhole(batch, seen, outcomes);
            }
            catch (Exception failed) when (IsOver(batch) && IsOfProvider(failed, cancellationToken))
            {
                Log.Failed(_logger, batch.Id, failed);
            }
        }

        if (!isWhole && !IsOver(batch))
        {
            Log.Incomplete(_logger, batch.Id, outcomes.Answered, seen?.Answered ?? batch.Definition.LineCount);
            return false;
        }

        outcomes.Presume(line => worst[line], all: !isWhole);
        if (outcomes.Strangers > 0 || outcomes.Unreadable > 0)
            Log.Strange(_logger, batch.Id, outcomes.Strangers, outcomes.Unreadable);
        var budgets = _directory.Current.FindTenant(batch.Tenant)?.Budgets ?? [];
        await _parts.Settler.SettleAsync(batch, outcomes, budgets, lease, cancellationToken);
        return true;
    }

    /// <summary>
    /// True where there are as many good answers as the provider counts, or a result of every line where it counts none. Results that can't be read, or that are no
    /// line's, may be a passing fault: only those that are there at the third look, or at the end, stand for answers too.
    /// </summary>
    private bool IsWhole(Batch batch, ProviderBatch seen, BatchOutcomes outcomes)
    {
        var bad = batch.Failures + 1 >= LooksAtBadResults || IsOver(batch) ? outcomes.Strangers + outcomes.Unreadable : 0;
        return seen.Answered is { } answered ? outcomes.Answered + bad >= answered : outcomes.Ended + bad >= outcomes.Count;
    }

    /// <summary>The interval, longer after each failure up to ten minutes, and never just when others ask.</summary>
    private TimeSpan PauseAfter(int failures)
    {
        var longest = TimeSpan.FromTicks(Math.Max(_options.BatchPollInterval.Ticks, TimeSpan.FromMinutes(10).Ticks));
        var pause = TimeSpan.FromTicks(Math.Min(_options.BatchPollInterval.Ticks << Math.Min(failures, 12), longest.Ticks));
        return pause * (0.8 + 0.4 * Random.Shared.NextDouble());
    }

    private static partial class Log
    {
        [LoggerMessage(7011, LogLevel.Warning, "Batch {Id} could not be followed or read; it is tried again.")]
        public static partial void Failed(ILogger logger, Guid id, Exception exception);

        [LoggerMessage(7012, LogLevel.Information, "Batch {Id}, whose creation got no answer, is the provider's {ProviderId}.")]
        public static partial void Found(ILogger logger, Guid id, string providerId);

        [LoggerMessage(7013, LogLevel.Warning, "The results of batch {Id} hold {Read} answers and the provider says {Expected}; they are read again later.")]
        public static partial void Incomplete(ILogger logger, Guid id, int read, int expected);

        [LoggerMessage(7015, LogLevel.Warning, "Of batch {Id} {Found} lines are kept and it has {Expected}: another proxy has settled it. Nothing is booked.")]
        public static partial void NoLines(ILogger logger, Guid id, int found, int expected);

        [LoggerMessage(7014, LogLevel.Error, "The results of batch {Id} hold {Strangers} lines that are not its own, priced all the same, and {Unreadable} that can't be read.")]
        public static partial void Strange(ILogger logger, Guid id, int strangers, int unreadable);
    }
}
