using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard;

/// <summary>A form that the API refused: shown again as it was filled in, with each message at its field.</summary>
/// <param name="Form">Which form of the page: <c>budget</c>, <c>key</c>.</param>
/// <param name="On">What it was about, where the page has several such forms: a budget's name.</param>
public sealed record FormState(string Form, string? On, FormFields Fields, Problem Problem)
{
    /// <summary>What is wrong with a field; null = nothing.</summary>
    /// <param name="field">As the API names it; parts of it (<c>limit.usd</c>, <c>alertAt[2]</c>) count too.</param>
    public string? ErrorOf(string field)
    {
        if (Problem.Errors is not { } errors)
            return null;
        var found = errors.Where(error => error.Key == field || error.Key.StartsWith(field + ".", StringComparison.Ordinal) || error.Key.StartsWith(field + "[", StringComparison.Ordinal))
            .SelectMany(error => error.Value).ToList();
        return found.Count == 0 ? null : string.Join(" ", found);
    }

    /// <summary>True where no field is to blame, so that the problem must be said above them.</summary>
    public bool IsGeneral => Problem.Errors is null or { Count: 0 };
}
