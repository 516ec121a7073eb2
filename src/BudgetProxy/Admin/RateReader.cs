using BudgetProxy.Core.Rates;

namespace BudgetProxy.Admin;

/// <summary>
/// Reads the body of <c>PUT …/rates/{provider}/{model}</c> into a row. Prices of tokens are stated whole: a tier that is left out is not offered. All else
/// that is left out stays as in the row that this one follows. What only an answer says (<c>id</c>, <c>origin</c>, …) is passed over, so that a row can be
/// read, changed and put.
/// </summary>
internal static class RateReader
{
    private const int MostTexts = 100;

    /// <summary>Characters of a note or a source.</summary>
    private const int MostNote = 4_000;

    /// <summary>Markups and discounts on the list price, in hundredths of a percent: up to ten times.</summary>
    private const int MostShare = 100_000;

    /// <summary>What stands in answers alone.</summary>
    private static readonly string[] OfAnswers = ["id", "ofList", "origin", "addedBy", "addedAt", "note"];

    /// <summary>The row that the body asks for; null where the errors say why there is none.</summary>
    /// <param name="target">Provider, model, tenant and effectiveFrom of the row, and what it follows in all else.</param>
    /// <param name="list">The general row of the model at that time; null = there is none.</param>
    public static Rate? Read(FieldReader fields, Rate target, Rate? list)
    {
        fields.PassOver(OfAnswers);
        SameAsPath(fields, "provider", Core.Requests.ProviderNames.Name(target.Provider));
        SameAsPath(fields, "model", target.Model);
        SameAsPath(fields, "tenant", target.Tenant);
        var share = fields.Number("percentOfList");
        var rate = share is null ? ReadPrices(fields, target) : Share(fields, target, list, share.Value);
        rate = rate with
        {
            Aliases = fields.Has("aliases") ? fields.TextList("aliases", MostTexts) : rate.Aliases,
            MatchesFineTunes = fields.Flag("matchesFineTunes") ?? rate.MatchesFineTunes,
            AutoCacheWrite = fields.Flag("autoCacheWrite") ?? rate.AutoCacheWrite,
            Mode = fields.Text("mode") ?? rate.Mode,
            Profile = fields.Object("profile") is { } profile ? ProfileDocument.Read(profile, rate.Profile) : rate.Profile,
            Sources = fields.TextList("sources", MostTexts, MostNote),
            Confidence = fields.Text("confidence"),
            Notes = fields.Text("notes", MostNote),
        };
        fields.RefuseUnknown();
        if (fields.Errors.Any)
            return null;
        if (rate.Problem() is not { } problem)
            return rate;
        fields.Fail("usdPerMillion", problem);
        return null;
    }

    /// <summary>The prices of a file's or a body's tiers: <c>standard</c> at least.</summary>
    private static PriceList? ReadList(FieldReader? tiers)
    {
        if (tiers is null)
            return null;
        var standard = tiers.RequiredObject("standard");
        var list = new PriceList
        {
            Standard = (standard is null ? null : PriceDocument.Read(standard)) ?? new TokenPrices { Input = 0, Output = 0 },
            Batch = Tier("batch"),
            Flex = Tier("flex"),
            Fast = Tier("fast"),
        };
        tiers.RefuseUnknown();
        return list;

        TokenPrices? Tier(string name) => tiers.Object(name) is { } prices ? PriceDocument.Read(prices) : null;
    }

    private static Rate ReadPrices(FieldReader fields, Rate target)
    {
        var threshold = fields.Count("longContextThreshold");
        var above = ReadList(fields.Object("longContextUsdPerMillion"));
        if (threshold is null != above is null)
            fields.Fail("longContextThreshold", "Goes with longContextUsdPerMillion: give both or neither.");
        return target with
        {
            Tokens = ReadList(fields.RequiredObject("usdPerMillion")),
            LongContext = threshold is { } tokens && above is not null ? new LongContext(tokens, above) : null,
            RegionalPercent = Regional(fields) ?? target.RegionalPercent,
            ToolCall = fields.Price("toolCallUsd") ?? target.ToolCall,
            FileSearch = fields.Price("fileSearchUsd") ?? target.FileSearch,
            CodeSession = fields.Price("codeSessionUsd") ?? target.CodeSession,
            RequestFee = fields.Price("requestUsd") ?? target.RequestFee,
            ListBasisPoints = null,
            List = null,
        };
    }

    private static Rate Share(FieldReader fields, Rate target, Rate? list, decimal percent)
    {
        foreach (var name in new[] { "usdPerMillion", "longContextThreshold", "longContextUsdPerMillion", "regionalMultiplier", "toolCallUsd", "fileSearchUsd", "codeSessionUsd", "requestUsd" })
        {
            if (fields.Has(name))
                fields.Fail(name, "Comes from the list price where percentOfList is given: give one or the other.");
        }

        var basisPoints = percent * 100;
        if (target.Tenant is null)
            fields.Fail("percentOfList", "Is for a tenant's own rates: PUT /admin/v1/tenants/{tenant}/rates/{provider}/{model}.");
        else if (basisPoints != decimal.Truncate(basisPoints) || basisPoints is < 0 or > MostShare)
            fields.Fail("percentOfList", "Must be from 0 to 1000, with at most two decimals.");
        else if (list is null)
            fields.Fail("percentOfList", "There is no list price of this model at that time.");
        else if (list.Model != target.Model && !list.Aliases.Contains(target.Model, StringComparer.Ordinal))
            fields.Fail("percentOfList", $"This model is priced by the row of '{list.Model}', which is other models' too: put the share there, or give prices.");
        else
            return RelativeRates.Of(list, target.Tenant, target.EffectiveFrom, (int)basisPoints) with { Model = list.Model };
        return target;
    }

    private static int? Regional(FieldReader fields)
    {
        if (fields.Number("regionalMultiplier") is not { } multiplier)
            return null;
        if (multiplier * 100 == decimal.Truncate(multiplier * 100) && multiplier is >= 1 and <= 10)
            return (int)(multiplier * 100);
        fields.Fail("regionalMultiplier", "Must be from 1 to 10, with at most two decimals, such as 1.1.");
        return null;
    }

    private static void SameAsPath(FieldReader fields, string name, string? inPath)
    {
        if (fields.Text(name) is { } given && given != inPath)
            fields.Fail(name, $"The path says '{inPath}'. Leave it out, or make it the same.");
    }
}
