using BudgetProxy.Core.Learning;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Gateway;
using BudgetProxy.Hosting;

namespace BudgetProxy.Batches;

/// <summary>What the lines of one batch are read and priced by: whose they are, and the rates of this instant.</summary>
/// <param name="Call">Identified; its key and tenant say which models they may name.</param>
/// <param name="Now">Decides the rates.</param>
public sealed record LineRules(Call Call, RateCard Rates, Learner Learner, ProxyOptions Options, DateTimeOffset Now)
{
    private readonly Dictionary<string, LineRate> _rates = new(StringComparer.Ordinal);

    public Provider Provider => Call.Route.Provider;

    /// <summary>True where a beta header may raise the models' own output limits.</summary>
    public bool LimitMayExceedModel => Call.Context.Request.Headers.ContainsKey("anthropic-beta");

    /// <summary>The rate of a model, or why a line may not name it.</summary>
    public LineRate RateOf(string model)
    {
        if (_rates.TryGetValue(model, out var known))
            return known;
        return _rates[model] = Find(model);
    }

    private LineRate Find(string model)
    {
        if (!CallQuoter.Allows(Call, model))
            return new LineRate(null, false, Refusals.ModelNotAllowed(model));
        if (Rates.Find(Provider, model, Now, Call.Tenant.Id) is { } rate)
            return new LineRate(rate, true, null);
        return Options.AllowUnpricedModels
            ? new LineRate(CallQuoter.Unpriced(Provider, model), false, null)
            : new LineRate(null, false, Refusals.Unpriced(model));
    }
}
