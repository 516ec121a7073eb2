using BudgetProxy.Rates;

namespace BudgetProxy.Admin;

/// <summary>What re-rating changes, or has changed.</summary>
/// <param name="Id">To send back with <c>"apply": true</c>, beside the same <c>from</c> and <c>to</c>.</param>
/// <param name="LeftOut">Entries that can't be priced again with certainty, by the reason.</param>
public sealed record RerateDocument(
    string Id, bool Applied, string From, string To, string? Tenant, string? Provider, string? Model, RerateSumsDocument Total,
    IReadOnlyDictionary<string, long> LeftOut, IReadOnlyDictionary<string, RerateSumsDocument> ByTenant, IReadOnlyDictionary<string, RerateSumsDocument> ByModel)
{
    public static RerateDocument Of(RerateReport report, bool applied) => new(
        report.Id, applied, Names.Of(report.Scope.From), Names.Of(report.Scope.To), report.Scope.Tenant, report.Scope.Provider, report.Scope.Model,
        RerateSumsDocument.Of(report.Total),
        new Dictionary<string, long> { ["priceUnknown"] = report.PriceUnknown, ["markupUnknown"] = report.MarkupUnknown },
        Groups(report.ByTenant), Groups(report.ByModel));

    private static Dictionary<string, RerateSumsDocument> Groups(SortedDictionary<string, RerateSums> groups) =>
        groups.ToDictionary(group => group.Key, group => RerateSumsDocument.Of(group.Value), StringComparer.Ordinal);
}
