using BudgetProxy.Core.Budgets;
using BudgetProxy.Ledger;

namespace BudgetProxy.Embedded;

/// <summary>
/// What budgets have and hold: which are counted, what open reservations hold of them, and what entries spend in them. A budget that was never counted in
/// its shape is counted from the ledger and the open reservations when it is first met.
/// </summary>
internal sealed class BudgetBooks(SqliteSession session, StoreClock clock, CounterTable counters, ReservationTable rows)
{
    private readonly Seeding _seeding = new(session);

    /// <summary>Reservations that hold, by id.</summary>
    public Dictionary<Guid, OpenReservation> Open { get; } = [];

    /// <summary>Budgets as they were last defined since the start.</summary>
    public DefinedBudgets Defined { get; } = new();

    /// <summary>The ledger's last sequence; 0 = it is empty.</summary>
    public long LastEntry() => _seeding.LastEntry();

    public void Hold(OpenReservation reservation)
    {
        reservation.Hold();
        Open.Add(reservation.Call.Id, reservation);
    }

    public void Release(OpenReservation reservation)
    {
        reservation.Release();
        Open.Remove(reservation.Call.Id);
    }

    /// <summary>Counts the budget from the ledger anew, whatever was counted of it before.</summary>
    /// <param name="before">What was summed of the ledger beside the writer; null = nothing.</param>
    public void Define(Budget budget, LedgerSums? before)
    {
        session.Begin();
        counters.Save();
        counters.Drop(budget.Tenant, budget.Name);
        // A reset is an instant that this clock is just short of: every call from now on has started after it.
        clock.NotBefore(budget.Acts.LastReset);
        CountersOf(budget, clock.Now(), before);
        Defined.Define(budget);
    }

    /// <summary>Drops the counters of a deleted budget, or of all of a deleted tenant's.</summary>
    public void Forget(string tenant, string? budget)
    {
        session.Begin();
        counters.Save();
        foreach (var name in counters.Drop(tenant, budget))
            Defined.Forget(tenant, name);
    }

    /// <summary>These budgets of a tenant as they are now: a snapshot may be older than what was defined since the start.</summary>
    public List<Budget> Present(string tenant, IReadOnlyList<Budget> budgets)
    {
        var defined = Defined.Find(tenant);
        var present = new List<Budget>(budgets.Count);
        foreach (var budget in budgets)
        {
            if (budget.Tenant == tenant && defined?.ContainsKey(budget.Name) != true)
                present.Add(budget);
        }

        if (defined is not null)
            present.AddRange(defined.Values.OfType<Budget>());
        return present;
    }

    /// <summary>The counters of a budget; one that was never counted in its shape is counted from the ledger and the open reservations first.</summary>
    public BudgetCounters CountersOf(Budget budget, DateTimeOffset now, LedgerSums? before = null)
    {
        if (counters.Find(budget) is { } known)
            return known;
        session.Begin();
        var added = counters.Add(budget);
        _seeding.Seed(added, now, before);
        foreach (var reservation in Open.Values)
            AddHolds(added, reservation, now, open: true);

        foreach (var presumed in rows.Presumed(budget.Tenant))
            AddHolds(added, presumed, now, open: false);
        return added;
    }

    public BudgetState StateOf(Budget budget, string scope, DateTimeOffset now)
    {
        var counter = counters.Counter(CountersOf(budget, now), scope);
        counter.Current(now);
        return new BudgetState(budget, scope, counter.Spent, counter.Held, counter.ResetsAt(), budget.ToppedUpIn(scope, counters.Find(budget)!.SlotAt(now)));
    }

    /// <summary>
    /// A call that was matched before a budget was defined, in its present shape, and arrives after it counts there too, but is not refused by it. A
    /// standing one also holds 0 where it counts as one call and has nothing of its lines, for what may be presumed of it.
    /// </summary>
    public void AddUnasked(OpenReservation open, DateTimeOffset now)
    {
        if (open.Shares is { } shares)
        {
            foreach (var asked in shares.ConvertAll(share => share.Slot!.Owner).Distinct())
                AddOwn(asked, open, now);
        }

        if (Defined.Find(open.Call.Caller.Tenant) is not { } defined)
            return;
        foreach (var budget in defined.Values)
        {
            if (budget is null)
                continue;
            var counted = CountersOf(budget, now);
            if (!open.IsHeldIn(counted) && counters.HoldOf(counted, open, now) is { } hold)
                open.Holds.Add(hold);
        }
    }

    /// <summary>Spends an entry that stands for a reservation as a whole, where that holds as one call. A correction is no call more.</summary>
    public void Spend(OpenReservation reservation, LedgerEntry entry)
    {
        foreach (var hold in reservation.Holds)
            Spend(hold.Slot, entry);
        if (reservation.Shares is not { } shares)
            return;
        foreach (var share in shares)
        {
            if (share is { Own: true, Slot: { } slot })
                Spend(slot, entry);
        }
    }

    /// <summary>Spends an entry where its own caller and model count, if the budget matches them.</summary>
    public void Spend(Budget budget, LedgerEntry entry, DateTimeOffset now)
    {
        var caller = entry.ToCaller();
        if (entry.Tenant != budget.Tenant || !BudgetMatcher.Matches(budget, caller, entry.Provider, entry.Model))
            return;
        var place = budget.Window.SlotAt(entry.StartedAt);
        var scope = BudgetMatcher.ScopeValue(budget, caller, entry.Provider, entry.Model);
        if (!budget.Acts.Counts(scope, entry.StartedAt))
            return;
        Spend(counters.SlotOf(CountersOf(budget, now), scope, place.Start.ToUnixTimeMilliseconds(), place.Ends?.ToUnixTimeMilliseconds()), entry);
    }

    private void Spend(Slot slot, LedgerEntry entry)
    {
        var kind = slot.Owner.Kind;
        if (kind != LimitKind.Requests || entry.Adjusts is null)
            counters.Spend(slot, BudgetMatcher.SpentOf(kind, entry.Cost, entry.Charged, entry.Usage.Total));
    }

    /// <summary>Gives a reservation its holds of counters that are new: its lines' where it had them in this shape, else as one call.</summary>
    private void AddHolds(BudgetCounters added, OpenReservation reservation, DateTimeOffset now, bool open)
    {
        var changed = reservation.Holds.RemoveAll(hold => hold.Slot.Owner.Dropped) > 0;
        var before = reservation.Holds.Count;
        var found = false;
        foreach (var share in reservation.Shares ?? [])
        {
            if (share.Key != added.Key)
                continue;
            found = true;
            share.Slot = share.Ends <= now.ToUnixTimeMilliseconds() ? null : counters.SlotOf(added, share.Scope, share.Start, share.Ends);
            if (open)
                share.Hold();
        }

        if (found)
            AddOwn(added, reservation, now);
        else if (counters.HoldOf(added, reservation, now) is { } hold)
            reservation.Holds.Add(hold);
        for (var i = before; open && i < reservation.Holds.Count; i++)
            reservation.Holds[i].Hold();
        if (changed || reservation.Holds.Count > before)
            rows.SaveHolds(reservation);
    }

    /// <summary>A hold of 0 where a standing reservation counts as one call, unless it has one there.</summary>
    private void AddOwn(BudgetCounters counted, OpenReservation standing, DateTimeOffset now)
    {
        if (!standing.Shares!.Exists(share => share.Own && share.Slot?.Owner == counted) && counters.HoldOf(counted, standing, now) is { } own)
            standing.Holds.Add(own with { Amount = 0 });
    }
}
