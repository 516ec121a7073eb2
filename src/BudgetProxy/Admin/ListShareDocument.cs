namespace BudgetProxy.Admin;

/// <summary>That a tenant's row was made as a share of the list price.</summary>
/// <param name="Percent">Of every price and fee of <paramref name="Row"/>.</param>
/// <param name="Row">Id of the general row.</param>
public sealed record ListShareDocument(decimal Percent, string Row);
