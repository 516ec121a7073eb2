using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;

namespace BudgetProxy.Embedded;

/// <summary>
/// The single writer's state: open reservations and counters in memory, every change written to SQLite in the batch's transaction. Used by
/// one thread at a time (<see cref="CommitQueue"/>). When a transaction fails, memory is thrown away and read from the rows again.
/// </summary>
internal sealed class Books : IDisposable
{
    private static readonly TimeSpan LateSettlements = TimeSpan.FromDays(7);
    private static readonly TimeSpan EndedCounters = TimeSpan.FromDays(1);
    private static readonly TimeSpan Housekeeping = TimeSpan.FromMinutes(1);

    private readonly SqliteSession _session;
    private readonly StoreClock _clock;
    private readonly CounterTable _counters;
    private readonly ReservationTable _rows;
    private readonly LedgerTable _ledger;
    private readonly BudgetBooks _budgets;
    private readonly PartBooks _parts;
    private readonly UsageTable _usage;
    private readonly VoidedIds _voided = new();
    private DateTimeOffset _nextHousekeeping;
    private bool _stale;

    /// <summary>Charges what a dead owner left open, but for standing reservations, which have none.</summary>
    public Books(SqliteSession session, TimeProvider time)
    {
        _session = session;
        _clock = new StoreClock(time);
        _counters = new CounterTable(session, _clock);
        _rows = new ReservationTable(session, _counters);
        _ledger = new LedgerTable(session);
        _budgets = new BudgetBooks(session, _clock, _counters, _rows);
        _parts = new PartBooks(session, _clock, _budgets, _rows, _ledger);
        _usage = new UsageTable(session);
        _clock.NotBefore(_ledger.LastSettled() ?? DateTimeOffset.UnixEpoch);
        ReadRows();
        foreach (var orphan in new List<OpenReservation>(_budgets.Open.Values))
        {
            if (orphan.Shares is null)
                Presume(orphan, _clock.Now());
        }

        Commit();
    }

    /// <summary>Transactions committed since the start.</summary>
    public long Commits { get; private set; }

    public int OpenCount => _budgets.Open.Count;

    /// <summary>What open reservations hold, in nano-dollars.</summary>
    public long Held()
    {
        long held = 0;
        foreach (var open in _budgets.Open.Values)
            held += open.Call.Amount.Value;
        return held;
    }

    public ReserveOutcome Reserve(Reservation reservation)
    {
        if (_budgets.Open.TryGetValue(reservation.Id, out var earlier))
            return earlier.Outcome;
        var now = _clock.Now();
        if (_voided.Contains(reservation.Id))
            throw new StoreUnavailableException("This reservation was voided before; a new call needs an id of its own.");
        var open = OpenReservation.From(reservation, now);
        long? tightest = null;
        string? wouldBlock = null;
        foreach (var hold in reservation.Holds)
        {
            var budget = hold.Budget;
            var counter = _counters.Counter(_budgets.CountersOf(budget, now), hold.ScopeValue);
            var slot = counter.Current(now);
            long spent = counter.Spent, held = counter.Held, limit = counter.LimitOf(budget, now), left = limit - spent - held;
            var fits = hold.Amount <= left || (hold.Amount == 0 && reservation.Standing);
            if (!fits && budget.Mode == BudgetMode.Enforce)
            {
                var byOthers = hold.Amount <= limit - spent;
                return new ReserveOutcome(new Refusal(budget, hold.ScopeValue, limit, spent, held, counter.ResetsAt(), byOthers), null, null);
            }

            if (!fits)
                wouldBlock = ReserveOutcome.Joined(wouldBlock, budget.Name);
            else if (budget.LimitKind.IsMoney() && budget.Mode == BudgetMode.Enforce && (tightest is null || left - hold.Amount < tightest))
                tightest = left - hold.Amount;
            open.Take(hold, slot);
        }

        _budgets.AddUnasked(open, now);
        _session.Begin();
        _rows.Insert(open);
        _budgets.Hold(open);
        open.Outcome = new ReserveOutcome(null, wouldBlock, tightest is { } left2 ? new NanoUsd(left2) : null, Commits + 1);
        return open.Outcome;
    }

    public SettleOutcome Settle(string tenant, Guid id, Settlement settlement)
    {
        if (!_budgets.Open.TryGetValue(id, out var reservation))
            return Adjust(tenant, id, settlement);
        if (reservation.Call.Caller.Tenant != tenant)
            return SettleOutcome.Unknown;
        _session.Begin();
        var entry = Entries.Settled(reservation.Call, settlement, _clock.Now());
        var booked = Book(reservation, entry);
        _rows.Delete(id);
        return booked ? SettleOutcome.Resolved : SettleOutcome.AlreadyResolved;
    }

    /// <exception cref="ArgumentException">It is no part that this reservation can have; nothing was done.</exception>
    public SettleOutcome SettlePart(string tenant, Guid id, PartSettlement part)
    {
        var outcome = _parts.Settle(tenant, id, part);
        return outcome == SettleOutcome.Unknown && _voided.Contains(id) ? SettleOutcome.AlreadyResolved : outcome;
    }

    public SettleOutcome Void(string tenant, Guid id)
    {
        if (!_budgets.Open.TryGetValue(id, out var reservation))
            return Adjust(tenant, id, new Settlement(default, UsageBasis.Reported, NanoUsd.Zero, null, null, 0));
        if (reservation.Call.Caller.Tenant != tenant)
            return SettleOutcome.Unknown;
        _session.Begin();
        _rows.Delete(id);
        _budgets.Release(reservation);
        _voided.Add(id);
        return SettleOutcome.Resolved;
    }

    public int Expire()
    {
        var now = _clock.Now();
        var expired = new List<OpenReservation>();
        foreach (var reservation in _budgets.Open.Values)
        {
            if (reservation.ExpiresAt <= now)
                expired.Add(reservation);
        }

        foreach (var reservation in expired)
            Presume(reservation, now);
        KeepHouse(now);
        return expired.Count;
    }

    /// <summary>Counts the budget from the ledger anew, whatever was counted of it before.</summary>
    /// <param name="before">What was summed of the ledger beside the writer; null = nothing.</param>
    public bool Seed(Budget budget, LedgerSums? before)
    {
        _budgets.Define(budget, before);
        return true;
    }

    /// <summary>Drops the counters of a deleted budget, or of all of a deleted tenant's.</summary>
    public bool Forget(string tenant, string? budget)
    {
        _budgets.Forget(tenant, budget);
        return true;
    }

    /// <summary>Counters in memory, to be compared with the ledger.</summary>
    public CounterTally Tally(long afterShape) => _counters.Tally(_budgets.Defined, _clock.Now(), _budgets.LastEntry(), afterShape);

    /// <summary>Takes the write lock, as any step that writes must; answers the commit before.</summary>
    public long Ping()
    {
        var last = Commits;
        _session.Begin();
        return last;
    }

    /// <summary>The store's instant.</summary>
    public DateTimeOffset Now() => _clock.Now();

    public BudgetState[] Peek(IReadOnlyList<Hold> holds)
    {
        var now = _clock.Now();
        var states = new BudgetState[holds.Count];
        for (var i = 0; i < states.Length; i++)
            states[i] = _budgets.StateOf(holds[i].Budget, holds[i].ScopeValue, now);
        return states;
    }

    /// <summary>Makes sure that the budget is counted; answers the store's instant.</summary>
    public DateTimeOffset Know(Budget budget)
    {
        var now = _clock.Now();
        _budgets.CountersOf(budget, now);
        return now;
    }

    /// <summary>The counters of a budget that are in memory and have or hold anything.</summary>
    public List<BudgetState> InUse(Budget budget)
    {
        var now = _clock.Now();
        var counters = _budgets.CountersOf(budget, now);
        var states = new List<BudgetState>();
        foreach (var scope in new List<string>(counters.Scopes.Keys))
        {
            var state = _budgets.StateOf(budget, scope, now);
            if (state.Spent != 0 || state.Held != 0)
                states.Add(state);
        }

        return states;
    }

    /// <summary>Books entries that no reservation stands behind, also in the counters of these budgets as they are now.</summary>
    /// <returns>Ids of those that were not there before.</returns>
    public List<Guid> Append(IReadOnlyList<LedgerEntry> entries, IReadOnlyList<Budget> budgets)
    {
        var now = _clock.Now();
        var present = new Dictionary<string, List<Budget>>(StringComparer.Ordinal);
        foreach (var tenant in entries.Select(entry => entry.Tenant).Distinct(StringComparer.Ordinal))
        {
            // First: what is counted only now is counted without the entries.
            present.Add(tenant, _budgets.Present(tenant, budgets));
            foreach (var budget in present[tenant])
                _budgets.CountersOf(budget, now);
        }

        _session.Begin();
        var appended = new List<Guid>();
        foreach (var entry in entries)
        {
            var settled = entry.SettledAt < entry.StartedAt ? entry.StartedAt : entry.SettledAt;
            if (!_ledger.Append(entry with { SettledAt = settled }))
                continue;
            appended.Add(entry.Id);
            foreach (var budget in present[entry.Tenant])
                _budgets.Spend(budget, entry, now);
        }

        return appended;
    }

    /// <summary>Adds entries to the sums that totals are read from.</summary>
    public bool RollUp(UsageBatch batch)
    {
        _session.Begin();
        return _usage.Add(batch);
    }

    /// <summary>Ends the batch: what it wrote is committed together.</summary>
    public void Commit()
    {
        if (_session.InTransaction)
        {
            _counters.Save();
            _session.Execute("COMMIT");
            Commits++;
        }

        if (_counters.IsCrowded)
            _counters.LetIdleGo();
    }

    /// <summary>After a failure: nothing of the batch stands, and memory is read from the rows before its next use.</summary>
    public void Rollback()
    {
        _stale = true;
        if (_session.InTransaction)
            _session.Execute("ROLLBACK");
    }

    /// <summary>Must be called before the operations of a batch.</summary>
    public void Refresh()
    {
        if (!_stale)
            return;
        if (_session.InTransaction)
            _session.Execute("ROLLBACK");
        ReadRows();
        _stale = false;
    }

    /// <summary>Lets the log be used from its start again; between transactions only.</summary>
    public void Checkpoint() => _session.Checkpoint();

    public void Dispose() => _session.Dispose();

    private void ReadRows()
    {
        _counters.Clear();
        _budgets.Open.Clear();
        foreach (var reservation in _rows.Open())
        {
            reservation.Outcome = new ReserveOutcome(null, null, null, Commits);
            _budgets.Hold(reservation);
        }
    }

    private bool Book(OpenReservation reservation, LedgerEntry entry)
    {
        _budgets.Release(reservation);
        if (!_ledger.Append(entry))
            return false;
        _budgets.Spend(reservation, entry);
        return true;
    }

    private void Presume(OpenReservation reservation, DateTimeOffset now)
    {
        _session.Begin();
        Book(reservation, Entries.Presumed(reservation.Call, now));
        _rows.MarkPresumed(reservation.Call.Id);
    }

    /// <summary>A late settlement of what was charged as presumed: books the difference, once. The call stays counted as a call.</summary>
    private SettleOutcome Adjust(string tenant, Guid id, Settlement late)
    {
        if (_rows.FindPresumed(id) is not { } reservation)
            return _voided.Contains(id) || _ledger.Contains(id) ? SettleOutcome.AlreadyResolved : SettleOutcome.Unknown;
        if (reservation.Call.Caller.Tenant != tenant)
            return SettleOutcome.Unknown;
        _session.Begin();
        _rows.Delete(id);
        var entry = Entries.Adjusting(reservation.Call, late, _clock.Now());
        if (!_ledger.Append(entry))
            return SettleOutcome.AlreadyResolved;
        _budgets.Spend(reservation, entry);
        return SettleOutcome.Adjusted;
    }

    private void KeepHouse(DateTimeOffset now)
    {
        if (now < _nextHousekeeping)
            return;
        _nextHousekeeping = now + Housekeeping;
        _session.Begin();
        _counters.Save();
        _counters.LetIdleGo();
        _counters.DropOutdated(_budgets.Defined);
        _counters.DeleteEnded(now - EndedCounters);
        _rows.ForgetPresumed(now - LateSettlements);
    }
}
