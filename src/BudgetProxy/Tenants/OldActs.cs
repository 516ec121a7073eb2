using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Tenants;

/// <summary>
/// What a budget's history may be shortened to when something is done to it. What bears on no window any more goes; of a lifetime, where every top-up counts for
/// good, those of one counter and one month of UTC become one, and resets that a later one has made void go. So a thousand top-ups are a dozen a year, to
/// load, to send round and to sum. What is younger than the memory for repeats stays as it was done.
/// </summary>
internal static class OldActs
{
    /// <summary>What to store: acts, each with the instant before which all others of the budget are forgotten first, in this order.</summary>
    /// <param name="now">On the counters' clock.</param>
    /// <param name="newId">Makes the id of an act that stands for several.</param>
    public static List<(BudgetAct Act, DateTimeOffset Before)> With(Budget budget, BudgetAct act, DateTimeOffset now, Func<string> newId)
    {
        var window = budget.Window.At(now).Start;
        var memory = now - TenantDirectory.LeastMemory;
        var kept = budget.Window.Kind == WindowKind.Lifetime ? Merged([.. budget.Acts.All.Where(old => old.At < memory)], newId) : null;
        if (kept is null)
            return [(act, window < memory ? window : memory)];
        List<(BudgetAct, DateTimeOffset)> all = [.. kept.Append(act).Select(one => (one, DateTimeOffset.UnixEpoch))];
        all[0] = (all[0].Item1, memory);
        return all;
    }

    /// <returns>Null = they are as few as they can be.</returns>
    private static List<BudgetAct>? Merged(List<BudgetAct> old, Func<string> newId)
    {
        var kept = new List<BudgetAct>();
        var topUps = old.Where(act => act.TopUp is not null).GroupBy(act => (act.Per, act.Value, act.At.UtcDateTime.Year, act.At.UtcDateTime.Month));
        foreach (var month in topUps)
        {
            var acts = month.ToList();
            // The last one's instant: a window that is set later counts it where it would have counted that.
            kept.Add(acts is [var only] ? only : acts[^1] with { Id = newId(), TopUp = acts.Sum(act => act.TopUp!.Value) });
        }

        var resets = old.Where(act => act.TopUp is null).ToList();
        var lastOfAll = resets.FindLast(act => act.Value is null);
        kept.AddRange(resets.Where(act => act.Value is null ? act == lastOfAll : act == resets.FindLast(other => other.Per == act.Per && other.Value == act.Value)));
        return kept.Count < old.Count ? kept : null;
    }
}
