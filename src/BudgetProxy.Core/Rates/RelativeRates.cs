namespace BudgetProxy.Core.Rates;

/// <summary>Rows that are a share of the list price: how one is made, and how it goes on when the list price changes.</summary>
public static class RelativeRates
{
    /// <summary>A tenant's row at a share of the general row.</summary>
    /// <param name="list">The general row.</param>
    /// <param name="basisPoints">Hundredths of a percent: 8,000 = 80 % of every price and fee of it, rounded half-even.</param>
    public static Rate Of(Rate list, string tenant, DateTimeOffset effectiveFrom, int basisPoints) => list with
    {
        Tenant = tenant,
        EffectiveFrom = effectiveFrom,
        ListBasisPoints = basisPoints,
        List = list.Id,
        Tokens = list.Tokens?.Scaled(basisPoints),
        LongContext = list.LongContext is { } tail ? tail with { Prices = tail.Prices.Scaled(basisPoints) } : null,
        ToolCall = TokenPrices.Scaled(list.ToolCall, basisPoints),
        FileSearch = TokenPrices.Scaled(list.FileSearch, basisPoints),
        CodeSession = TokenPrices.Scaled(list.CodeSession, basisPoints),
        RequestFee = TokenPrices.Scaled(list.RequestFee, basisPoints),
        PerMinute = list.PerMinute is { } minute ? TokenPrices.Scaled(minute, basisPoints) : null,
        PerMillionCharacters = list.PerMillionCharacters is { } million ? TokenPrices.Scaled(million, basisPoints) : null,
        Confidence = null,
        Notes = null,
    };

    /// <summary>
    /// The rows that follow by themselves: where a general row begins while a relative row of its model is a tenant's last, the tenant's next row is the
    /// same share of it. Ids are as unique as those that they are made from: <c>openai/gpt-4o@2027-01-01#acme*80%</c>.
    /// </summary>
    /// <param name="rates">All rows, general ones and those of tenants.</param>
    public static IReadOnlyList<Rate> Following(IReadOnlyList<Rate> rates)
    {
        var made = new List<Rate>();
        if (!rates.Any(rate => rate.ListBasisPoints is not null))
            return made;
        var lists = rates.Where(rate => rate.Tenant is null).ToLookup(rate => (rate.Provider, rate.Model));
        foreach (var own in rates.Where(rate => rate.Tenant is not null).GroupBy(rate => (rate.Provider, rate.Model, rate.Tenant)))
        {
            var rows = own.OrderBy(rate => rate.EffectiveFrom).ToList();
            for (var i = 0; i < rows.Count; i++)
            {
                if (rows[i].ListBasisPoints is not { } share)
                    continue;
                var ends = i + 1 < rows.Count ? rows[i + 1].EffectiveFrom : DateTimeOffset.MaxValue;
                made.AddRange(lists[(own.Key.Provider, own.Key.Model)]
                    .Where(list => list.EffectiveFrom > rows[i].EffectiveFrom && list.EffectiveFrom < ends)
                    .Select(list => Of(list, own.Key.Tenant!, list.EffectiveFrom, share)));
            }
        }

        return made;
    }
}
