using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Tenants;

namespace BudgetProxy.Runs;

/// <summary>
/// The one budget in which a tenant's runs are counted, each in a counter of its own. It is a shadow budget without a limit worth the name, made when the tenant's
/// first run gets a limit; the limit of a run stands in the run's row and is enforced on the same counter.
/// </summary>
public static class RunBudget
{
    public const string Name = "run-limits";

    /// <summary>Days for which what a run spends counts, and for which it is known after its last change.</summary>
    public const int Days = 60;

    private static readonly BudgetWindow Window =
        BudgetWindow.TryParse($"rolling:P{Days}D", TimeZoneInfo.Utc, out var window) ? window : throw new FormatException("Not a window.");

    public static Budget Of(string tenant) => new()
    {
        Tenant = tenant,
        Name = Name,
        Per = BudgetDimension.Run,
        LimitKind = LimitKind.Usd,
        Limit = NanoUsd.MaxLimit.Value,
        Window = Window,
        Mode = BudgetMode.Shadow,
    };

    /// <summary>True for that budget, also where an admin has changed its window since; false for another of its name, which counts something else.</summary>
    public static bool Counts(Budget budget) => budget is { Name: Name, Per: BudgetDimension.Run, LimitKind: LimitKind.Usd, Match.Count: 0 };

    /// <summary>The budget that counts the tenant's runs; null = it has none just now.</summary>
    public static Budget? In(Tenant tenant)
    {
        var budgets = tenant.Budgets;
        for (var i = 0; i < budgets.Count; i++)
        {
            if (Counts(budgets[i]))
                return budgets[i];
        }

        return null;
    }

    /// <summary>True where it is as it was made: same window, never topped up or reset.</summary>
    public static bool IsPlain(Budget budget) => budget.Acts.All.Count == 0 && budget.Window == Window;
}
