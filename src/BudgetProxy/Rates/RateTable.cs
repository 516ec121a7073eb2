using BudgetProxy.Core.Rates;
using BudgetProxy.Reservations;

namespace BudgetProxy.Rates;

/// <summary>
/// Holds the rates in force and takes every addition to them: take in what other proxies added, write to the store, then swap. What could not be stored
/// changes nothing. Calls read <see cref="Current"/> once and never wait here.
/// </summary>
public sealed class RateTable : IDisposable
{
    /// <summary>Rows that may be added in all. Each takes about a kilobyte of memory in every proxy, and every change reads them all again.</summary>
    public const int MaxAdded = 100_000;

    /// <summary>Each try that fails is another's addition, so that many proxies at once take a while and none waits for ever.</summary>
    private const int MostTries = 100;

    /// <summary>Longest pause between two tries; how long each is falls by chance, so that no proxy is always the slower one.</summary>
    private const int MostPauseMilliseconds = 20;

    private readonly IRateStore _store;
    private readonly TimeProvider _time;

    /// <summary>Held while rows are stored and swapped in, and while those of others are taken in, so that an older state never replaces a newer one.</summary>
    private readonly SemaphoreSlim _swaps = new(1);

    private volatile RateSnapshot _current;

    /// <summary>The store's version that the snapshot holds; -1 = nothing was read yet.</summary>
    private long _version = -1;

    public RateTable(IRateStore store, TimeProvider time)
        : this(store, time, RateCard.Shipped)
    {
    }

    /// <param name="shipped">The rows that need no store.</param>
    internal RateTable(IRateStore store, TimeProvider time, RateCard shipped)
    {
        _store = store;
        _time = time;
        Shipped = shipped;
        _current = new RateSnapshot(shipped, []);
    }

    /// <summary>The snapshot in force; take it once a call.</summary>
    public RateSnapshot Current => _current;

    /// <summary>The card that came with the product.</summary>
    public RateCard Shipped { get; }

    /// <summary>Takes in what was added here or by other proxies; the snapshot stays in force where the store can't be read.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    /// <exception cref="FormatException">A row was written by a newer version.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _swaps.WaitAsync(cancellationToken);
        try
        {
            await ReadAsync(cancellationToken);
        }
        finally
        {
            _swaps.Release();
        }
    }

    /// <summary>
    /// Adds rows, all or none. A row whose id is there with the same content is a repeat and changes nothing; with another content it is a problem, for
    /// rows are never edited.
    /// </summary>
    /// <param name="rates">At most one of an id.</param>
    /// <param name="addedBy">Public id of the admin key.</param>
    /// <param name="basis">The snapshot that the rows were made for: where rows were added since, nothing is. Null = they don't depend on it.</param>
    /// <exception cref="StoreUnavailableException">The store can't be written; the rows may be there all the same.</exception>
    public async Task<RateAddition> AddAsync(
        IReadOnlyList<Rate> rates, string addedBy, RateSnapshot? basis, CancellationToken cancellationToken)
    {
        await _swaps.WaitAsync(cancellationToken);
        try
        {
            for (var tries = 0; tries < MostTries; tries++)
            {
                await ReadAsync(cancellationToken);
                if (basis is not null && basis.Version != _current.Version)
                    return Failed("Rows were added to the rate table since the preview. Make a new preview.");
                if (await TryAddAsync(rates, addedBy, cancellationToken) is { } addition)
                    return addition;
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(MostPauseMilliseconds)), _time, cancellationToken);
            }

            throw new StoreUnavailableException("Too many others add rates at the same time.");
        }
        finally
        {
            _swaps.Release();
        }
    }

    /// <summary>True where two rows say the same, whoever added them.</summary>
    public static bool SameContent(Rate left, Rate right) => Storage.RateDefinition.Json(left) == Storage.RateDefinition.Json(right);

    public void Dispose() => _swaps.Dispose();

    private static RateAddition Failed(string problem) => new([], problem);

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        if (await _store.ReadAsync(_version, cancellationToken) is { } added)
            Take(new RateSnapshot(Shipped, added));
    }

    private void Take(RateSnapshot snapshot)
    {
        _current = snapshot;
        _version = snapshot.Version;
    }

    /// <returns>Null = somebody else was faster.</returns>
    private async Task<RateAddition?> TryAddAsync(IReadOnlyList<Rate> rates, string addedBy, CancellationToken cancellationToken)
    {
        var before = _current;
        var now = DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());
        var rows = new List<RateRow>();
        foreach (var rate in rates)
        {
            if (before.Find(rate.Id) is not { } present)
                rows.Add(new RateRow(rate, before.Version + rows.Count + 1, addedBy, now));
            else if (!SameContent(present.Rate, rate))
                return Failed($"The row {rate.Id} is there already with other content, and rows are never edited, only followed. Give a later effectiveFrom.");
        }

        if (rows.Count == 0)
            return new RateAddition([]);
        if (before.Added.Count + rows.Count > MaxAdded)
            return Failed($"The table holds at most {MaxAdded} added rows.");
        // Made first: a row that could not be read again must not be stored.
        RateSnapshot after;
        try
        {
            after = new RateSnapshot(Shipped, [.. before.Added, .. rows]);
        }
        catch (ArgumentException outOfRange)
        {
            // A tenant's share of a new list price may be out of range where the price itself is not.
            return Failed(outOfRange.Message);
        }

        switch (await _store.AddAsync(rows, before.Version, cancellationToken))
        {
            case RateStoring.Stored:
                Take(after);
                return new RateAddition(rows);
            case RateStoring.IdTaken:
                return Failed("A row of this id stands in the store, from another version of the product, and rows are never edited. Give a later effectiveFrom.");
            default:
                return null;
        }
    }
}
