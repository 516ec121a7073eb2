using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Learning;

/// <summary>Of what something is learned.</summary>
/// <param name="Model">The model's id as its rate row has it, so that callers can't make up models.</param>
/// <param name="Tenant">Whose calls taught it; "" = all tenants' together.</param>
public readonly record struct LearnedKey(Provider Provider, string Model, string Tenant)
{
    /// <summary>The same model, taught by all tenants.</summary>
    public LearnedKey Pooled => this with { Tenant = "" };

    public bool IsPooled => Tenant.Length == 0;
}
