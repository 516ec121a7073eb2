using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <summary>All of one tenant's page.</summary>
/// <param name="Version">The definition's, that a change is based on.</param>
public sealed record TenantModel(TenantView Tenant, string Version)
{
    public required Part<ListOf<BudgetView>> Budgets { get; init; }

    /// <summary>Its prepaid credit; a problem where it has none.</summary>
    public required Part<BalanceView> Balance { get; init; }

    public required Part<ListOf<KeyView>> Keys { get; init; }

    public required Part<OverviewView> Overview { get; init; }

    public required Part<ListOf<CallView>> Calls { get; init; }

    public required Part<ListOf<RateView>> Rates { get; init; }

    /// <summary>The months of the last year in which it used something.</summary>
    public required Part<ListOf<StatementMonthView>> Statements { get; init; }

    public IReadOnlyList<string> Plans { get; init; } = [];

    public int Days { get; init; }

    /// <summary>A form that was refused.</summary>
    public FormState? State { get; init; }

    /// <summary>A key just made, shown this once.</summary>
    public KeyView? Issued { get; init; }

    public FormState? StateOf(string form) => State?.Form == form ? State : null;
}
