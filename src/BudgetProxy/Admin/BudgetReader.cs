using BudgetProxy.Core.Budgets;
using BudgetProxy.Tenants;

namespace BudgetProxy.Admin;

/// <summary>Reads a budget's definition from a body.</summary>
internal static class BudgetReader
{
    /// <summary>More alerts than this on one budget tell nobody anything.</summary>
    private const int MaxAlerts = 20;

    /// <summary>Ten times the limit: a shadow budget may go far above.</summary>
    private const decimal MaxAlertShare = 10;

    /// <summary>The budget; meaningless where the reader has errors.</summary>
    /// <param name="tenant">Id; empty = it is a plan's.</param>
    /// <param name="zone">Holds where the budget names none.</param>
    public static Budget Read(string tenant, TimeZoneInfo zone, string name, FieldReader fields)
    {
        if (DirectoryRules.BudgetNameProblem(name) is { } problem)
            fields.Fail("name", problem);
        var (per, perTag) = ReadPer(fields);
        var match = ReadMatch(fields);
        var (kind, limit) = ReadLimit(fields);
        var ownZone = TimeZones.Read(fields);
        var budget = new Budget
        {
            Tenant = tenant,
            Name = name,
            Per = per,
            PerTag = perTag,
            Match = match,
            LimitKind = kind,
            Limit = limit,
            Window = ReadWindow(fields, ownZone ?? zone),
            InheritsTimeZone = ownZone is null,
            Mode = fields.OneOf<BudgetMode>("mode") ?? BudgetMode.Enforce,
            Admission = fields.OneOf<Admission>("admission") ?? Admission.Strict,
            AlertAtPercent = ReadAlerts(fields),
        };
        fields.RefuseUnknown();
        return budget;
    }

    private static (BudgetDimension? Per, string? Tag) ReadPer(FieldReader fields)
    {
        if (fields.Text("per") is not { } text)
            return default;
        if (DimensionNames.TryParse(text, out var dimension, out var tag) && dimension != BudgetDimension.Provider)
            return (dimension, tag);
        fields.Fail("per", "Must be one of: user, project, key, model, run, tag:{name}.");
        return default;
    }

    private static List<BudgetMatch> ReadMatch(FieldReader fields)
    {
        var match = new List<BudgetMatch>();
        if (fields.Object("match") is not { } conditions)
            return match;
        foreach (var name in conditions.FieldNames)
        {
            var known = DimensionNames.TryParse(name, out var dimension, out var tag) && dimension != BudgetDimension.Run;
            if (!known)
                conditions.Fail(name, "Can't be matched. What can: user, project, key, model, provider, tag:{name}.");
            else if (conditions.Required(name) is { } pattern)
                match.Add(new BudgetMatch(dimension, tag, pattern));
        }

        return match;
    }

    private static (LimitKind Kind, long Limit) ReadLimit(FieldReader fields)
    {
        if (fields.RequiredObject("limit") is not { } limit)
            return default;
        return AmountReader.Read(fields, "limit", limit, LimitKind.Usd, LimitKind.Requests, LimitKind.Tokens, LimitKind.Charged) is { } amount ? (amount.Kind, amount.Value) : default;
    }

    private static BudgetWindow ReadWindow(FieldReader fields, TimeZoneInfo zone)
    {
        var text = fields.Required("window");
        if (BudgetWindow.TryParse(text, zone, out var window))
            return window;
        if (text is not null)
        {
            fields.Fail(
                "window",
                "Must be minute, hour, day, week, month, quarter, year, lifetime, or rolling:{ISO 8601 duration}: rolling:P30D, rolling:PT6H.");
        }

        return new BudgetWindow(WindowKind.Lifetime, TimeSpan.Zero, zone);
    }

    private static List<int> ReadAlerts(FieldReader fields)
    {
        var shares = fields.Numbers("alertAt", MaxAlerts);
        if (shares.Any(share => share is <= 0 or > MaxAlertShare || decimal.Round(share, 2) != share))
        {
            fields.Fail(
                "alertAt",
                $"Each must be a share of the limit above 0 and at most {MaxAlertShare}, with at most two decimals: 0.5 = half.");
        }

        return shares.Where(share => share is > 0 and <= MaxAlertShare).Select(share => (int)(share * 100)).Distinct().Order().ToList();
    }
}
