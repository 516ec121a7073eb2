using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Storage;

/// <summary>A budget as its row holds it, in either database.</summary>
internal sealed class BudgetRow
{
    /// <summary>Keeps the order in which a tenant's budgets were made; given by the database.</summary>
    public long Position { get; set; }

    public string Tenant { get; set; } = "";

    public string Name { get; set; } = "";

    public string? Per { get; set; }

    /// <summary>JSON: pairs of dimension and pattern.</summary>
    public string Match { get; set; } = "[]";

    public string LimitKind { get; set; } = "";

    public long LimitAmount { get; set; }

    public string Window { get; set; } = "";

    /// <summary>Null = the tenant's.</summary>
    public string? TimeZone { get; set; }

    public string Mode { get; set; } = "";

    public string Admission { get; set; } = "";

    /// <summary>Percent.</summary>
    public int[] AlertAt { get; set; } = [];

    public static BudgetRow Of(Budget budget)
    {
        var row = new BudgetRow();
        row.Fill(budget);
        return row;
    }

    /// <summary>Takes over all that the budget says; the position stays.</summary>
    public void Fill(Budget budget)
    {
        Tenant = budget.Tenant;
        Name = budget.Name;
        Per = budget.Per?.Name(budget.PerTag);
        Match = DirectoryTexts.Json(budget.Match);
        LimitKind = DirectoryTexts.Name(budget.LimitKind);
        LimitAmount = budget.Limit;
        Window = budget.Window.ToString();
        TimeZone = budget.InheritsTimeZone ? null : budget.Window.TimeZone.Id;
        Mode = DirectoryTexts.Name(budget.Mode);
        Admission = DirectoryTexts.Name(budget.Admission);
        AlertAt = [.. budget.AlertAtPercent];
    }

    /// <param name="tenantZone">Holds where the budget has no zone of its own.</param>
    /// <exception cref="FormatException">The row was not written by <see cref="Fill"/>.</exception>
    public Budget ToBudget(TimeZoneInfo tenantZone)
    {
        var zone = TimeZone is null ? tenantZone : TimeZoneInfo.FindSystemTimeZoneById(TimeZone);
        (BudgetDimension? per, var perTag) = Per is null ? default((BudgetDimension?, string?)) : DirectoryTexts.Dimension(Per);
        return new Budget
        {
            Tenant = Tenant,
            Name = Name,
            Per = per,
            PerTag = perTag,
            Match = DirectoryTexts.Conditions(Match),
            LimitKind = DirectoryTexts.Value<LimitKind>(LimitKind),
            Limit = LimitAmount,
            Window = BudgetWindow.TryParse(Window, zone, out var window) ? window : throw new FormatException("The window of a stored budget."),
            InheritsTimeZone = TimeZone is null,
            Mode = DirectoryTexts.Value<BudgetMode>(Mode),
            Admission = DirectoryTexts.Value<Admission>(Admission),
            AlertAtPercent = AlertAt,
        };
    }
}
