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
    private readonly Seeding _seeding;
    private readonly Dictionary<Guid, OpenReservation> _open = [];
    private readonly VoidedIds _voided = new();
    private readonly DefinedBudgets _defined = new();
    private DateTimeOffset _nextHousekeeping;
    private bool _stale;

    /// <summary>Charges what a dead owner left open.</summary>
    public Books(SqliteSession session, TimeProvider time)
    {
        _session = session;
        _clock = new StoreClock(time);
        _counters = new CounterTable(session, _clock);
        _rows = new ReservationTable(session, _counters);
        _ledger = new LedgerTable(session);
        _seeding = new Seeding(session);
        _clock.NotBefore(_ledger.LastSettled() ?? DateTimeOffset.UnixEpoch);
        ReadRows();
        foreach (var orphan in new List<OpenReservation>(_open.Values))
            Presume(orphan, _clock.Now());
        Commit();
    }

    /// <summary>Transactions committed since the start.</summary>
    public long Commits { get; private set; }

    public int OpenCount => _open.Count;

    public ReserveOutcome Reserve(Reservation reservation)
    {
        if (_open.TryGetValue(reservation.Id, out var earlier))
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
            var counters = CountersOf(budget, now);
            var counter = _counters.Counter(counters, hold.ScopeValue);
            var slot = counter.Current(now);
            long spent = counter.Spent, held = counter.Held, left = budget.Limit - spent - held;
            if (hold.Amount > left && budget.Mode == BudgetMode.Enforce)
            {
                var byOthers = hold.Amount <= budget.Limit - spent;
                return new ReserveOutcome(new Refusal(budget, hold.ScopeValue, budget.Limit, spent, held, counter.ResetsAt(), byOthers), null, null);
            }

            if (hold.Amount > left)
                wouldBlock = wouldBlock is null ? budget.Name : wouldBlock + "," + budget.Name;
            else if (budget is { LimitKind: LimitKind.Usd, Mode: BudgetMode.Enforce } && (tightest is null || left - hold.Amount < tightest))
                tightest = left - hold.Amount;
            open.Holds.Add(new SlotHold(slot, Math.Clamp(hold.Amount, 0, NanoUsd.MaxLimit.Value)));
        }

        AddDefinedSince(open, now);
        Begin();
        _rows.Insert(open);
        Hold(open);
        open.Outcome = new ReserveOutcome(null, wouldBlock, tightest is { } left2 ? new NanoUsd(left2) : null, Commits + 1);
        return open.Outcome;
    }

    public SettleOutcome Settle(string tenant, Guid id, Settlement settlement)
    {
        if (!_open.TryGetValue(id, out var reservation))
            return Adjust(tenant, id, settlement);
        if (reservation.Call.Caller.Tenant != tenant)
            return SettleOutcome.Unknown;
        Begin();
        var entry = Entries.Settled(reservation.Call, settlement, _clock.Now());
        var booked = Book(reservation, entry);
        _rows.Delete(id);
        return booked ? SettleOutcome.Resolved : SettleOutcome.AlreadyResolved;
    }

    public SettleOutcome Void(string tenant, Guid id)
    {
        if (!_open.TryGetValue(id, out var reservation))
            return Adjust(tenant, id, new Settlement(default, UsageBasis.Reported, NanoUsd.Zero, null, null, 0));
        if (reservation.Call.Caller.Tenant != tenant)
            return SettleOutcome.Unknown;
        Begin();
        _rows.Delete(id);
        Release(reservation);
        _voided.Add(id);
        return SettleOutcome.Resolved;
    }

    public int Expire()
    {
        var now = _clock.Now();
        var expired = new List<OpenReservation>();
        foreach (var reservation in _open.Values)
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
        Begin();
        _counters.Save();
        _counters.Drop(budget.Tenant, budget.Name);
        CountersOf(budget, _clock.Now(), before);
        _defined.Define(budget);
        return true;
    }

    /// <summary>Drops the counters of a deleted budget, or of all of a deleted tenant's.</summary>
    public bool Forget(string tenant, string? budget)
    {
        Begin();
        _counters.Save();
        foreach (var name in _counters.Drop(tenant, budget))
            _defined.Forget(tenant, name);
        return true;
    }

    /// <summary>Counters in memory, to be compared with the ledger.</summary>
    public CounterTally Tally(long afterShape) => _counters.Tally(_defined, _clock.Now(), _seeding.LastEntry(), afterShape);

    /// <summary>Takes the write lock, as any step that writes must; answers the commit before.</summary>
    public long Ping()
    {
        var last = Commits;
        Begin();
        return last;
    }

    public BudgetState[] Peek(IReadOnlyList<Hold> holds)
    {
        var now = _clock.Now();
        var states = new BudgetState[holds.Count];
        for (var i = 0; i < states.Length; i++)
            states[i] = StateOf(holds[i].Budget, holds[i].ScopeValue, now);
        return states;
    }

    /// <summary>Makes sure that the budget is counted; answers the store's instant.</summary>
    public DateTimeOffset Know(Budget budget)
    {
        var now = _clock.Now();
        CountersOf(budget, now);
        return now;
    }

    /// <summary>The counters of a budget that are in memory and have or hold anything.</summary>
    public List<BudgetState> InUse(Budget budget)
    {
        var now = _clock.Now();
        var counters = CountersOf(budget, now);
        var states = new List<BudgetState>();
        foreach (var scope in new List<string>(counters.Scopes.Keys))
        {
            var state = StateOf(budget, scope, now);
            if (state.Spent != 0 || state.Held != 0)
                states.Add(state);
        }

        return states;
    }

    /// <summary>Books entries that no reservation stands behind, also in the counters of these budgets.</summary>
    public int Append(IReadOnlyList<LedgerEntry> entries, IReadOnlyList<Budget> budgets)
    {
        var now = _clock.Now();
        foreach (var budget in budgets)
            CountersOf(budget, now);
        Begin();
        var appended = 0;
        foreach (var entry in entries)
        {
            var settled = entry.SettledAt < entry.StartedAt ? entry.StartedAt : entry.SettledAt;
            if (!_ledger.Append(entry with { SettledAt = settled }))
                continue;
            appended++;
            foreach (var budget in budgets)
                Count(budget, entry, now);
        }

        return appended;
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

    private void Begin()
    {
        if (!_session.InTransaction)
            _session.Execute("BEGIN IMMEDIATE");
    }

    private void ReadRows()
    {
        _counters.Clear();
        _open.Clear();
        foreach (var reservation in _rows.Open())
        {
            reservation.Outcome = new ReserveOutcome(null, null, null, Commits);
            Hold(reservation);
        }
    }

    private void Hold(OpenReservation reservation)
    {
        reservation.Hold();
        _open.Add(reservation.Call.Id, reservation);
    }

    private void Release(OpenReservation reservation)
    {
        reservation.Release();
        _open.Remove(reservation.Call.Id);
    }

    private bool Book(OpenReservation reservation, LedgerEntry entry)
    {
        Release(reservation);
        if (!_ledger.Append(entry))
            return false;
        foreach (var hold in reservation.Holds)
            _counters.Spend(hold.Slot, BudgetMatcher.AmountOf(hold.Slot.Owner.Kind, entry.Cost.Value, entry.Usage.Total));
        return true;
    }

    private void Presume(OpenReservation reservation, DateTimeOffset now)
    {
        Begin();
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
        Begin();
        _rows.Delete(id);
        var entry = Entries.Adjusting(reservation.Call, late, _clock.Now());
        if (!_ledger.Append(entry))
            return SettleOutcome.AlreadyResolved;
        foreach (var hold in reservation.Holds)
        {
            if (hold.Slot.Owner.Kind != LimitKind.Requests)
                _counters.Spend(hold.Slot, BudgetMatcher.AmountOf(hold.Slot.Owner.Kind, entry.Cost.Value, entry.Usage.Total));
        }

        return SettleOutcome.Adjusted;
    }

    private BudgetState StateOf(Budget budget, string scope, DateTimeOffset now)
    {
        var counter = _counters.Counter(CountersOf(budget, now), scope);
        counter.Current(now);
        return new BudgetState(budget, scope, counter.Spent, counter.Held, counter.ResetsAt());
    }

    /// <summary>The counters of a budget; one that was never counted in its shape is counted from the ledger and the open reservations first.</summary>
    private BudgetCounters CountersOf(Budget budget, DateTimeOffset now, LedgerSums? before = null)
    {
        if (_counters.Find(budget) is { } known)
            return known;
        Begin();
        var counters = _counters.Add(budget);
        _seeding.Seed(counters, now, before);
        foreach (var reservation in _open.Values)
            AddHold(counters, reservation, now)?.Hold();

        foreach (var presumed in _rows.Presumed(budget.Tenant))
            AddHold(counters, presumed, now);
        return counters;
    }

    private SlotHold? AddHold(BudgetCounters counters, OpenReservation reservation, DateTimeOffset now)
    {
        var dropped = reservation.Holds.RemoveAll(hold => hold.Slot.Owner.Dropped);
        var hold = _counters.HoldOf(counters, reservation, now);
        if (hold is { } present)
            reservation.Holds.Add(present);
        if (dropped > 0 || hold is not null)
            _rows.SaveHolds(reservation);
        return hold;
    }

    /// <summary>
    /// A call that was matched before a budget was defined, in its present shape, and arrives after it counts there too, but is not refused by it.
    /// </summary>
    private void AddDefinedSince(OpenReservation open, DateTimeOffset now)
    {
        if (_defined.Find(open.Call.Caller.Tenant) is not { } defined)
            return;
        foreach (var budget in defined.Values)
        {
            if (budget is null)
                continue;
            var counters = CountersOf(budget, now);
            if (!open.IsHeldIn(counters) && _counters.HoldOf(counters, open, now) is { } hold)
                open.Holds.Add(hold);
        }
    }

    private void Count(Budget budget, LedgerEntry entry, DateTimeOffset now)
    {
        var caller = entry.ToCaller();
        if (entry.Tenant != budget.Tenant || !BudgetMatcher.Matches(budget, caller, entry.Provider, entry.Model))
            return;
        var place = budget.Window.SlotAt(entry.StartedAt);
        var scope = BudgetMatcher.ScopeValue(budget, caller, entry.Provider, entry.Model);
        var slot = _counters.SlotOf(CountersOf(budget, now), scope, place.Start.ToUnixTimeMilliseconds(), place.Ends?.ToUnixTimeMilliseconds());
        if (budget.LimitKind != LimitKind.Requests || entry.Adjusts is null)
            _counters.Spend(slot, BudgetMatcher.AmountOf(budget.LimitKind, entry.Cost.Value, entry.Usage.Total));
    }

    private void KeepHouse(DateTimeOffset now)
    {
        if (now < _nextHousekeeping)
            return;
        _nextHousekeeping = now + Housekeeping;
        Begin();
        _counters.Save();
        _counters.LetIdleGo();
        _counters.DropOutdated(_defined);
        _counters.DeleteEnded(now - EndedCounters);
        _rows.ForgetPresumed(now - LateSettlements);
    }
}
