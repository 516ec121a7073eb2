using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <param name="Health">For the age of the table.</param>
public sealed record RatesModel(Part<ListOf<RateView>> Rates, Part<HealthView> Health)
{
    public string? Search { get; init; }

    public string? Provider { get; init; }

    public bool History { get; init; }

    public FormState? State { get; init; }
}
