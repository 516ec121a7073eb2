using System.Collections.Concurrent;
using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Alerts;

/// <summary>
/// What calls leave behind for the alerts, in memory: a note costs a call a look-up and no I/O, and nothing at all where no budget of it has
/// <c>alertAt</c>. Bounded, whatever callers send; what does not fit is found in the ledger a little later (<see cref="AlertKeeper"/>).
/// </summary>
public sealed class CallSignals(TimeProvider clock)
{
    /// <summary>Counters that can wait to be looked at: about 10 MB.</summary>
    public const int MostCounters = 50_000;

    /// <summary>Pairs of tenant and code that are watched for bursts at the most; later ones are left out until earlier ones have been quiet.</summary>
    public const int MostRefusals = 10_000;

    /// <summary>Unpriced models that can wait to be told.</summary>
    public const int MostModels = 1_000;

    private const int MostModelChars = 200;

    /// <summary>A pair that had no refusal for so many minutes is forgotten.</summary>
    private const int QuietMinutes = 180;

    private readonly ConcurrentDictionary<CounterKey, bool> _touched = new();
    private readonly ConcurrentDictionary<UnpricedModel, bool> _models = new();
    private readonly Dictionary<(string? Tenant, string Code), RefusalCount> _refusals = [];
    private readonly HashSet<(string? Tenant, string Code)> _bursting = [];
    private readonly Lock _lock = new();
    private int _touchedCount;
    private int _modelCount;

    /// <summary>A call was booked in these budgets' counters.</summary>
    public void Spent(IReadOnlyList<Hold> holds)
    {
        for (var i = 0; i < holds.Count; i++)
        {
            var hold = holds[i];
            if (hold.Budget.AlertAtPercent.Count > 0)
                Touch(new CounterKey(hold.Budget.Tenant, hold.Budget.Name, hold.ScopeValue));
        }
    }

    /// <summary>A call was refused.</summary>
    /// <param name="tenant">Null = its key was not valid.</param>
    /// <param name="budget">The budget that refused it; null = none did.</param>
    public void Refused(string? tenant, string code, Refusal? budget)
    {
        if (budget is { Budget.AlertAtPercent.Count: > 0 })
            Touch(new CounterKey(budget.Budget.Tenant, budget.Budget.Name, budget.ScopeValue));
        var minute = Minute();
        lock (_lock)
        {
            if (!_refusals.TryGetValue((tenant, code), out var count))
            {
                if (_refusals.Count >= MostRefusals)
                    return;
                _refusals.Add((tenant, code), count = new RefusalCount());
            }

            count.Add(minute);
            if (count.Count == RefusalCount.Least || (count.Count > RefusalCount.Least && count.IsOutOfTheOrdinary))
                _bursting.Add((tenant, code));
        }
    }

    /// <summary>A call named a model that has no rate.</summary>
    public void Unpriced(UnpricedModel model)
    {
        // Callers name models freely, also by a megabyte.
        if (model.Model.Length > MostModelChars)
            model = model with { Model = model.Model[..MostModelChars] };
        if (!_models.ContainsKey(model) && HasRoom(ref _modelCount, MostModels) && !_models.TryAdd(model, true))
            Interlocked.Decrement(ref _modelCount);
    }

    /// <summary>Puts a counter among those to be looked at.</summary>
    /// <returns>False = there is no room; the ledger will tell.</returns>
    public bool Touch(CounterKey counter)
    {
        if (_touched.ContainsKey(counter))
            return true;
        if (!HasRoom(ref _touchedCount, MostCounters))
            return false;
        if (!_touched.TryAdd(counter, true))
            Interlocked.Decrement(ref _touchedCount);
        return true;
    }

    /// <summary>Takes counters that were touched; what is touched from now on comes again.</summary>
    public List<CounterKey> TakeTouched(int most)
    {
        var taken = new List<CounterKey>();
        foreach (var (counter, _) in _touched)
        {
            if (taken.Count >= most)
                break;
            if (_touched.TryRemove(counter, out _))
            {
                Interlocked.Decrement(ref _touchedCount);
                taken.Add(counter);
            }
        }

        return taken;
    }

    /// <summary>Takes the bursts that began or go on.</summary>
    public List<RefusalBurst> TakeBursts()
    {
        var bursts = new List<RefusalBurst>();
        lock (_lock)
        {
            foreach (var (tenant, code) in _bursting)
            {
                var count = _refusals[(tenant, code)];
                if (count.IsOutOfTheOrdinary)
                    bursts.Add(new RefusalBurst(tenant, code, count.Count, (long)Math.Round(count.Usual)));
            }

            _bursting.Clear();
        }

        return bursts;
    }

    public List<UnpricedModel> TakeModels()
    {
        var models = new List<UnpricedModel>();
        foreach (var (model, _) in _models)
        {
            if (_models.TryRemove(model, out _))
            {
                Interlocked.Decrement(ref _modelCount);
                models.Add(model);
            }
        }

        return models;
    }

    /// <summary>Makes room of pairs that have been quiet for long.</summary>
    public void ForgetQuiet()
    {
        var before = Minute() - QuietMinutes;
        lock (_lock)
        {
            foreach (var (pair, count) in _refusals)
            {
                if (count.Minute < before)
                    _refusals.Remove(pair);
            }
        }
    }

    /// <summary>Takes a place; it is given back where it was not needed.</summary>
    private static bool HasRoom(ref int count, int most)
    {
        if (Volatile.Read(ref count) >= most)
            return false;
        if (Interlocked.Increment(ref count) <= most)
            return true;
        Interlocked.Decrement(ref count);
        return false;
    }

    private long Minute() => clock.GetUtcNow().ToUnixTimeSeconds() / 60;
}
