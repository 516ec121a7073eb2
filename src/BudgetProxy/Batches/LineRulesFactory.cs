using BudgetProxy.Core.Learning;
using BudgetProxy.Gateway;
using BudgetProxy.Hosting;
using BudgetProxy.Rates;

namespace BudgetProxy.Batches;

/// <summary>Makes the rules by which the lines of a call's batch are read and priced.</summary>
public sealed class LineRulesFactory(CallIdentifier identifier, RateTable rates, Learner learner, ProxyOptions options, TimeProvider clock)
{
    public LineRules For(Call call) => new(call, rates.Current.Card, learner, options, clock.GetUtcNow());

    /// <summary>After a long upload: null = key and tenant still are what they were, or have been read again.</summary>
    public GatewayRefusal? Reidentify(Call call) => identifier.Reidentify(call) ?? CallAttribution.Attribute(call, null);
}
