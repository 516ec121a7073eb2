namespace BudgetProxy.Alerts;

/// <summary>A model that a tenant named and no rate is known for.</summary>
/// <param name="Refused">True = the call was refused; false = it was forwarded and recorded at cost 0.</param>
public readonly record struct UnpricedModel(string Tenant, string Provider, string Model, bool Refused);
