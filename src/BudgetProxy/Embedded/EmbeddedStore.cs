using System.Runtime.CompilerServices;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;
using Microsoft.Win32.SafeHandles;

namespace BudgetProxy.Embedded;

/// <summary>
/// Both seams over one SQLite file: decisions in memory by a single writer, written in the same transaction as the reservation's row or the
/// ledger's entry. A commit survives the end of the process at any instruction; power loss can take back what is not yet flushed (see
/// <see cref="DurableAsync"/>). Fails closed: what can't be written is not granted.
/// </summary>
public sealed class EmbeddedStore : IReservationStore, ILedger, IDisposable
{
    /// <summary>Budgets whose entries are summed at the same time, beside the calls and reports.</summary>
    private const int SeedsAtOnce = 4;

    private const int PageSize = 500;
    private readonly Books _books;
    private readonly WalSync _sync;
    private readonly WalCheckpointer _checkpointer;
    private readonly CommitQueue _queue;
    private readonly LedgerReader _ledger;
    private readonly NewestCalls _newest;
    private readonly UsageFolding _folding;
    private readonly CounterReader _counters;
    private readonly LedgerCheck _check;
    private readonly LedgerNotes _notes;
    private readonly TimeProvider _time;
    private long _checkedShape;

    /// <summary>Charges the reservations that a dead owner left, as Presumed, before it serves any.</summary>
    /// <exception cref="StoreUnavailableException">The database can't be read or written.</exception>
    public EmbeddedStore(EmbeddedDatabase database, TimeProvider time)
        : this(database, time, RandomAccess.FlushToDisk)
    {
    }

    /// <param name="flush">Flushes the write-ahead log to the disk.</param>
    internal EmbeddedStore(EmbeddedDatabase database, TimeProvider time, Action<SafeFileHandle> flush)
    {
        _time = time;
        _check = new LedgerCheck(database);
        _notes = new LedgerNotes(database, time);
        _ledger = new LedgerReader(database);
        _newest = new NewestCalls(database);
        _folding = new UsageFolding(database);
        _counters = new CounterReader(database);
        try
        {
            _books = new Books(database.OpenSession(), time);
            _checkpointer = new WalCheckpointer(database.OpenSession(), () => _books.Commits);
        }
        catch (StoreFaultException e)
        {
            throw new StoreUnavailableException("The ledger's database can't be opened.", e);
        }

        _sync = new WalSync(database.FilePath, flush);
        _sync.Committed(_books.Commits);
        _queue = new CommitQueue(_books, _sync, _checkpointer);
    }

    /// <summary>What a provider's cache saved on an entry: nothing, until the rates are there.</summary>
    public Func<LedgerEntry, NanoUsd> CacheSaved { get; set; } = static _ => NanoUsd.Zero;

    /// <summary>Reservations open now.</summary>
    public int OpenReservations => _books.OpenCount;

    /// <summary>Transactions committed since the start.</summary>
    public long Commits => _books.Commits;

    /// <summary>Steps answered since the start; divided by <see cref="Commits"/>, the mean batch.</summary>
    public long Steps => _queue.Steps;

    public ValueTask<ReserveOutcome> ReserveAsync(Reservation reservation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _queue.RunAsync(static (books, wanted) => books.Reserve(wanted), reservation);
    }

    public ValueTask DurableAsync(long commit) => _sync.WhenDurableAsync(commit);

    public ValueTask<SettleOutcome> SettleAsync(string tenant, Guid id, Settlement settlement, CancellationToken cancellationToken) =>
        _queue.RunAsync(static (books, settle) => books.Settle(settle.Tenant, settle.Id, settle.Settlement), (Tenant: tenant, Id: id, Settlement: settlement));

    public async ValueTask<SettleOutcome> SettlePartAsync(string tenant, Guid id, PartSettlement part, CancellationToken cancellationToken)
    {
        var outcome = await _queue.RunAsync(
            static (books, settle) => books.SettlePart(settle.Tenant, settle.Id, settle.Part), (Tenant: tenant, Id: id, Part: part));
        await _sync.WhenDurableAsync(_books.Commits);
        return outcome;
    }

    public ValueTask<SettleOutcome> VoidAsync(string tenant, Guid id, CancellationToken cancellationToken) =>
        _queue.RunAsync(static (books, voided) => books.Void(voided.Tenant, voided.Id), (Tenant: tenant, Id: id));

    public ValueTask<int> ExpireAsync(CancellationToken cancellationToken) => _queue.RunAsync(static (books, _) => books.Expire(), 0);

    public async ValueTask SeedAsync(Budget budget, CancellationToken cancellationToken)
    {
        // Beside the writer up to an entry; the writer adds those that came since. Its clock is never behind this one.
        var now = _time.GetUtcNow();
        var before = await OffThreadAsync(() => _check.Sum(budget, now), cancellationToken);
        await _queue.RunAsync(static (books, seed) => books.Seed(seed.Budget, seed.Before), (Budget: budget, Before: (LedgerSums?)before));
    }

    public async ValueTask SeedAsync(IReadOnlyList<Budget> budgets, Action<Budget> begins, CancellationToken cancellationToken) => await Parallel.ForEachAsync(
        budgets,
        new ParallelOptions { MaxDegreeOfParallelism = SeedsAtOnce, CancellationToken = cancellationToken },
        (budget, stop) =>
        {
            begins(budget);
            return SeedAsync(budget, stop);
        });

    public ValueTask<DateTimeOffset> NowAsync(string tenant, CancellationToken cancellationToken) => _queue.RunAsync(static (books, _) => books.Now(), 0);

    public async ValueTask ForgetAsync(string tenant, string? budget, CancellationToken cancellationToken) =>
        await _queue.RunAsync(static (books, forget) => books.Forget(forget.Tenant, forget.Budget), (Tenant: tenant, Budget: budget));

    public async ValueTask PingAsync(CancellationToken cancellationToken) =>
        await _sync.WhenDurableAsync(await _queue.RunAsync(static (books, _) => books.Ping(), 0));

    public ValueTask SpoolAsync(Reservation reservation, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The embedded store is on the disk that a spool would be on.");

    public async ValueTask<long> MeasureDriftAsync(CancellationToken cancellationToken)
    {
        var tally = await _queue.RunAsync(static (books, after) => books.Tally(after), _checkedShape);
        (var distance, _checkedShape) = await OffThreadAsync(() => _check.Compare(tally), cancellationToken);
        return distance;
    }

    public async ValueTask<IReadOnlyList<BudgetState>> PeekAsync(IReadOnlyList<Hold> holds, CancellationToken cancellationToken) =>
        await _queue.RunAsync(static (books, peeked) => books.Peek(peeked), holds);

    public async ValueTask<IReadOnlyList<BudgetState>> ReadAsync(IReadOnlyList<Budget> budgets, CancellationToken cancellationToken)
    {
        var all = new List<BudgetState>();
        foreach (var budget in budgets)
        {
            if (budget.Per is null)
                all.AddRange(await PeekAsync([new Hold(budget, "", 0)], cancellationToken));
            else
                all.AddRange(await ReadScopesAsync(budget, cancellationToken));
        }

        return all;
    }

    public async ValueTask<IReadOnlyCollection<Guid>> AppendAsync(
        IReadOnlyList<LedgerEntry> entries, IReadOnlyList<Budget> budgets, CancellationToken cancellationToken)
    {
        var appended = await _queue.RunAsync(static (books, append) => books.Append(append.Entries, append.Budgets), (Entries: entries, Budgets: budgets));
        await _sync.WhenDurableAsync(_books.Commits);
        return appended;
    }

    public ValueTask<IReadOnlyList<UsageTotal>> TotalsAsync(LedgerFilter filter, UsageGroups groups, CancellationToken cancellationToken) =>
        OffThreadAsync(() => _ledger.Totals([new UsageQuestion(filter, groups)])[0], cancellationToken);

    public ValueTask<IReadOnlyList<IReadOnlyList<UsageTotal>>> TotalsAsync(IReadOnlyList<UsageQuestion> questions, CancellationToken cancellationToken) =>
        OffThreadAsync<IReadOnlyList<IReadOnlyList<UsageTotal>>>(() => _ledger.Totals(questions), cancellationToken);

    public async ValueTask<RollUpStep> RollUpAsync(int most, CancellationToken cancellationToken)
    {
        var batch = await OffThreadAsync(() => _folding.Read(most, CacheSaved), cancellationToken);
        if (batch.UpTo == batch.After)
            return default;
        // Where another was faster, what it left is to be looked at again.
        return await _queue.RunAsync(static (books, added) => books.RollUp(added), batch) ? new RollUpStep(batch.Entries, batch.Left) : new RollUpStep(0, 1);
    }

    public ValueTask<CallPage> NewestAsync(CallFilter filter, string? after, int most, CancellationToken cancellationToken) =>
        OffThreadAsync(() => _newest.Read(filter, after, most), cancellationToken);

    public async IAsyncEnumerable<LedgerEntry> StreamAsync(LedgerFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (long SettledAt, long Sequence)? after = null;
        while (true)
        {
            // Page by page, so that a slow reader holds no snapshot that keeps the log from being reused.
            var (entries, last) = await OffThreadAsync(() => _ledger.Page(filter, after, PageSize), cancellationToken);
            foreach (var entry in entries)
                yield return entry;
            if (entries.Count < PageSize)
                yield break;
            after = last;
        }
    }

    /// <summary>Nothing is on its way: entries are booked where they are read.</summary>
    public ValueTask ArriveAsync(IEnumerable<string>? tenants, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<bool> HasAsync(string tenant, Guid id, CancellationToken cancellationToken) =>
        OffThreadAsync(() => _ledger.Has(tenant, id), cancellationToken);

    public ValueTask<IReadOnlyList<LedgerEntry>> CorrectionsAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        OffThreadAsync<IReadOnlyList<LedgerEntry>>(() => _ledger.Corrections(ids), cancellationToken);

    public ValueTask<string?> BookmarkAsync(string name, CancellationToken cancellationToken) =>
        OffThreadAsync(() => _notes.Bookmark(name), cancellationToken);

    public async ValueTask MoveBookmarkAsync(string name, string value, CancellationToken cancellationToken) =>
        await OffThreadAsync(() => _notes.MoveBookmark(name, value), cancellationToken);

    /// <summary>Writes down the rows of a card, so that every entry's rate can be looked up; one whose id is there already is left as it is.</summary>
    public async ValueTask PublishRatesAsync(RateCard card, CancellationToken cancellationToken) =>
        await OffThreadAsync(() => _notes.Publish(card), cancellationToken);

    /// <summary>Ends the writer, flushes, closes. Open reservations stay in their rows: the next start charges them.</summary>
    public void Dispose()
    {
        _queue.Close();
        _sync.Dispose();
        _checkpointer.Dispose();
        _books.Dispose();
    }

    private async ValueTask<List<BudgetState>> ReadScopesAsync(Budget budget, CancellationToken cancellationToken)
    {
        // The rows first, then what is in memory, which is newer and replaces it.
        var now = await _queue.RunAsync(static (books, known) => books.Know(known), budget);
        var states = await OffThreadAsync(() => _counters.Read(budget, now), cancellationToken);
        foreach (var state in await _queue.RunAsync(static (books, read) => books.InUse(read), budget))
            states[state.ScopeValue] = state;
        var sorted = new List<BudgetState>(states.Values);
        sorted.Sort(static (a, b) => string.CompareOrdinal(a.ScopeValue, b.ScopeValue));
        return sorted;
    }

    /// <summary>What open reservations hold, in nano-dollars.</summary>
    internal ValueTask<long> HeldAsync() => _queue.RunAsync(static (books, _) => books.Held(), 0);

    /// <exception cref="StoreUnavailableException">The database can't be read or written.</exception>
    internal static async ValueTask<T> OffThreadAsync<T>(Func<T> read, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(read, cancellationToken);
        }
        catch (StoreFaultException e)
        {
            throw new StoreUnavailableException("The ledger's database can't be read.", e);
        }
    }
}
