namespace BudgetProxy.Alerts;

/// <summary>What the keeper asks, each for its own kind of alert.</summary>
public sealed class AlertFinders(ThresholdCheck thresholds, AlertDuties duties, AlertBodies bodies, TimeProvider clock)
{
    /// <summary>While refusals go on they ring once in this time.</summary>
    private static readonly TimeSpan BurstRepeat = TimeSpan.FromHours(1);

    /// <summary>A model rings once a day for each tenant that names it.</summary>
    private static readonly TimeSpan ModelRepeat = TimeSpan.FromDays(1);

    /// <summary>Models of one tenant that ring in a day at each proxy: callers name them freely.</summary>
    private const int MostModels = 20;

    private readonly Dictionary<string, HashSet<string>> _models = new(StringComparer.Ordinal);
    private int _modelsDay;

    public ThresholdCheck Thresholds => thresholds;

    public AlertDuties Duties => duties;

    public AlertCandidate Burst(RefusalBurst burst) => new(
        bodies.Burst(burst), AlertMark.Of(AlertKinds.RefusalBurst, clock.GetUtcNow() + BurstRepeat, burst.Tenant ?? "", burst.Code));

    /// <summary>Null = the tenant has named too many today.</summary>
    public AlertCandidate? Unpriced(UnpricedModel model)
    {
        var now = clock.GetUtcNow();
        if (_modelsDay != SpendVelocity.DayOf(now))
        {
            _modelsDay = SpendVelocity.DayOf(now);
            _models.Clear();
        }

        if (!_models.TryGetValue(model.Tenant, out var seen))
            _models.Add(model.Tenant, seen = new HashSet<string>(StringComparer.Ordinal));
        var name = $"{model.Provider}/{model.Model}";
        if (!seen.Contains(name) && seen.Count >= MostModels)
            return null;
        seen.Add(name);
        return new AlertCandidate(bodies.Unpriced(model), AlertMark.Of(AlertKinds.ModelUnpriced, now + ModelRepeat, model.Tenant, model.Provider, model.Model));
    }
}
