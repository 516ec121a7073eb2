using System.Runtime.CompilerServices;
using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Embedded;

/// <summary>
/// The counters: decided on in memory, loaded from their rows when first asked for, written back by difference once a batch. Memory holds
/// what is in use and, up to a bound, what was of late.
/// </summary>
internal sealed class CounterTable(SqliteSession session, StoreClock clock)
{
    private const int MostIdle = 100_000;
    private const int MostTallied = 4_096;
    private static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(10);

    private readonly SqliteStatement _findShape = session.Prepare(
        "SELECT id, limit_kind FROM budget_shapes WHERE tenant = ? AND budget = ? AND shape = ?");

    private readonly SqliteStatement _findShapeById = session.Prepare("SELECT tenant, budget, shape, limit_kind FROM budget_shapes WHERE id = ?");
    private readonly SqliteStatement _addShape = session.Prepare(
        "INSERT INTO budget_shapes (tenant, budget, shape, limit_kind) VALUES (?, ?, ?, ?) RETURNING id");

    private readonly SqliteStatement _shapesOf = session.Prepare("SELECT id, budget FROM budget_shapes WHERE tenant = ? AND budget = COALESCE(?, budget)");
    private readonly SqliteStatement _deleteShape = session.Prepare("DELETE FROM budget_shapes WHERE id = ?");
    private readonly SqliteStatement _deleteCounters = session.Prepare("DELETE FROM counters WHERE shape_id = ?");
    private readonly SqliteStatement _deleteEnded = session.Prepare("DELETE FROM counters WHERE ends <= ?");
    private readonly SqliteStatement _load = session.Prepare("SELECT slot, ends, spent FROM counters WHERE shape_id = ? AND scope = ? ORDER BY slot");
    private readonly SqliteStatement _add = session.Prepare(
        """
        INSERT INTO counters (shape_id, scope, slot, ends, spent) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (shape_id, scope, slot) DO UPDATE SET spent = spent + excluded.spent
        """);

    private readonly Dictionary<(string Tenant, string Budget, string Shape), BudgetCounters> _byShape = [];
    private readonly Dictionary<long, BudgetCounters> _byId = [];
    private readonly List<Slot> _unsaved = [];
    private ConditionalWeakTable<Budget, BudgetCounters> _byDefinition = [];
    private int _scopes;
    private int _crowd = MostIdle;

    /// <summary>The counters of a budget; null = this shape has never been counted.</summary>
    public BudgetCounters? Find(Budget budget)
    {
        if (_byDefinition.TryGetValue(budget, out var counters) && !counters.Dropped)
            return counters;
        counters = ByKey((budget.Tenant, budget.Name, budget.Shape));
        if (counters is null)
            return null;
        counters.Definition = budget;
        _byDefinition.AddOrUpdate(budget, counters);
        return counters;
    }

    /// <summary>Null = the shape is not counted.</summary>
    public BudgetCounters? ByKey((string Tenant, string Budget, string Shape) key)
    {
        if (_byShape.TryGetValue(key, out var counters))
            return counters;
        if (_findShape.Bind(key.Tenant).Bind(key.Budget).Bind(key.Shape).Read())
            counters = Keep(_findShape.Int64(0), (LimitKind)_findShape.Int64(1), key);
        _findShape.Reset();
        return counters;
    }

    /// <summary>Begins to count a budget in its shape, from zero.</summary>
    public BudgetCounters Add(Budget budget)
    {
        var shape = budget.Shape;
        _addShape.Bind(budget.Tenant).Bind(budget.Name).Bind(shape).Bind((int)budget.LimitKind).Read();
        var id = _addShape.Int64(0);
        _addShape.Run();
        var counters = Keep(id, budget.LimitKind, (budget.Tenant, budget.Name, shape));
        counters.Definition = budget;
        _byDefinition.AddOrUpdate(budget, counters);
        return counters;
    }

    /// <summary>Null = the shape is counted no longer.</summary>
    public BudgetCounters? ById(long shapeId)
    {
        if (_byId.TryGetValue(shapeId, out var counters))
            return counters;
        if (_findShapeById.Bind(shapeId).Read())
        {
            var key = (_findShapeById.Text(0)!, _findShapeById.Text(1)!, _findShapeById.Text(2)!);
            counters = Keep(shapeId, (LimitKind)_findShapeById.Int64(3), key);
        }

        _findShapeById.Reset();
        return counters;
    }

    /// <summary>Forgets the counters of a tenant's budget in all its shapes; answers the names of the budgets it found.</summary>
    /// <param name="budget">Null = all of the tenant's.</param>
    public List<string> Drop(string tenant, string? budget)
    {
        var found = new List<(long Id, string Budget)>();
        _shapesOf.Bind(tenant).Bind(budget);
        while (_shapesOf.Read())
            found.Add((_shapesOf.Int64(0), _shapesOf.Text(1)!));
        foreach (var (id, _) in found)
            Drop(ById(id)!);
        return found.ConvertAll(shape => shape.Budget);
    }

    /// <summary>Forgets the counters of shapes that were replaced or deleted and that a late call brought back, once they are idle.</summary>
    public void DropOutdated(DefinedBudgets defined)
    {
        foreach (var counters in new List<BudgetCounters>(_byId.Values))
        {
            if (counters is { IsDefined: true, Scopes.Count: 0 } && defined.IsOutdated(counters.Definition))
                Drop(counters);
        }
    }

    /// <summary>What is spent in slots that count at <paramref name="now"/>, shape by shape from the first after <paramref name="after"/>.</summary>
    public CounterTally Tally(DefinedBudgets defined, DateTimeOffset now, long lastEntry, long after)
    {
        var ids = new List<long>(_byId.Keys);
        ids.RemoveAll(id => id <= after);
        ids.Sort();
        var budgets = new List<CountedBudget>();
        var slots = 0;
        foreach (var id in ids)
        {
            var counters = _byId[id];
            if (!counters.IsDefined || defined.IsOutdated(counters.Definition))
                continue;
            var counted = counters.Count(now.ToUnixTimeMilliseconds());
            budgets.Add(counted);
            slots += counted.Slots.Count;
            if (slots > MostTallied)
                return new CounterTally(now, lastEntry, budgets, id);
        }

        return new CounterTally(now, lastEntry, budgets, 0);
    }

    public Counter Counter(BudgetCounters counters, string scope)
    {
        if (counters.Scopes.TryGetValue(scope, out var counter))
            return counter;
        counter = new Counter(counters, scope);
        var now = clock.Now().ToUnixTimeMilliseconds();
        _load.Bind(counters.ShapeId).Bind(scope);
        while (_load.Read())
        {
            long? ends = _load.IsNull(1) ? null : _load.Int64(1);
            if (ends is null || ends > now)
                counter.Slots.Add(new Slot(counters, scope, _load.Int64(0), ends) { Spent = _load.Int64(2) });
        }

        counters.Scopes.Add(scope, counter);
        _scopes++;
        return counter;
    }

    /// <summary>A slot by name. One that no longer counts is not kept: what is spent in it goes to its row alone.</summary>
    public Slot SlotOf(BudgetCounters counters, string scope, long start, long? ends)
    {
        var slot = new Slot(counters, scope, start, ends);
        if (ends <= clock.Now().ToUnixTimeMilliseconds())
            return slot;
        var slots = Counter(counters, scope).Slots;
        var at = slots.Count;
        while (at > 0 && slots[at - 1].Start > start)
            at--;
        if (at > 0 && slots[at - 1].Start == start)
            return slots[at - 1];
        slots.Insert(at, slot);
        return slot;
    }

    /// <summary>What a call holds of a budget; null = it does not count there, or no longer.</summary>
    public SlotHold? HoldOf(BudgetCounters counters, OpenReservation reservation, DateTimeOffset now)
    {
        var budget = counters.Definition;
        var call = reservation.Call;
        if (call.Caller.Tenant != budget.Tenant || !BudgetMatcher.Matches(budget, call.Caller, call.Provider, call.Model))
            return null;
        var place = budget.Window.SlotAt(call.StartedAt);
        if (place.Ends <= now)
            return null;
        var scope = BudgetMatcher.ScopeValue(budget, call.Caller, call.Provider, call.Model);
        if (!budget.Acts.Counts(scope, call.StartedAt))
            return null;
        var slot = SlotOf(counters, scope, place.Start.ToUnixTimeMilliseconds(), place.Ends?.ToUnixTimeMilliseconds());
        return new SlotHold(slot, call.AmountIn(budget));
    }

    public void Spend(Slot slot, long amount)
    {
        // Wrapped round, a counter would say that nothing was spent.
        slot.Spent = (long)Int128.Clamp((Int128)slot.Spent + amount, long.MinValue, long.MaxValue);
        slot.Unsaved += amount;
        if (slot.Queued)
            return;
        slot.Queued = true;
        _unsaved.Add(slot);
    }

    /// <summary>Writes what was spent since the last time.</summary>
    public void Save()
    {
        foreach (var slot in _unsaved)
        {
            slot.Queued = false;
            if (slot.Unsaved != 0 && !slot.Owner.Dropped)
                _add.Bind(slot.Owner.ShapeId).Bind(slot.Scope).Bind(slot.Start).Bind(slot.Ends).Bind(slot.Unsaved).Run();
            slot.Unsaved = 0;
        }

        _unsaved.Clear();
    }

    /// <summary>Deletes the rows of slots that ended before this.</summary>
    public void DeleteEnded(DateTimeOffset before) => _deleteEnded.Bind(before.ToUnixTimeMilliseconds()).Run();

    /// <summary>Lets counters go that no reservation needs and nobody asked for lately; all such when there are very many. Not between Spend and Save.</summary>
    public void LetIdleGo()
    {
        var keep = IsCrowded ? TimeSpan.Zero : IdleTime;
        var before = clock.Now() - keep;
        foreach (var counters in _byId.Values)
        {
            foreach (var (scope, counter) in counters.Scopes)
            {
                if (counter.LastUsed <= before && !counter.IsOpen && counters.Scopes.Remove(scope))
                    _scopes--;
            }
        }

        // Where they are all in use, looking again at every batch would find nothing.
        _crowd = Math.Max(MostIdle, 2 * _scopes);
    }

    /// <summary>True when there are so many counters in memory that the idle ones should go now.</summary>
    public bool IsCrowded => _scopes > _crowd;

    /// <summary>Forgets what is in memory: the rows are the truth.</summary>
    public void Clear()
    {
        _byShape.Clear();
        _byId.Clear();
        _unsaved.Clear();
        _byDefinition = [];
        _scopes = 0;
    }

    private void Drop(BudgetCounters counters)
    {
        counters.Dropped = true;
        _byId.Remove(counters.ShapeId);
        _byShape.Remove(counters.Key);
        _scopes -= counters.Scopes.Count;
        _deleteCounters.Bind(counters.ShapeId).Run();
        _deleteShape.Bind(counters.ShapeId).Run();
    }

    private BudgetCounters Keep(long id, LimitKind kind, (string Tenant, string Budget, string Shape) key)
    {
        var counters = new BudgetCounters(id, kind, key);
        _byId[id] = counters;
        _byShape[key] = counters;
        return counters;
    }
}
