using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <param name="From">The first day that was asked for; null = as far as invoices go.</param>
/// <param name="To">The last.</param>
/// <param name="IsEmpty">No file of the provider was imported yet.</param>
/// <param name="Known">Null = there is none, and either <paramref name="IsEmpty"/> or <paramref name="Problem"/> says why.</param>
public sealed record ComparisonModel(string Provider, DateOnly? From, DateOnly? To, bool IsEmpty, ComparisonView? Known, Problem? Problem)
{
    /// <summary>The question, for links that narrow it or take it elsewhere.</summary>
    /// <param name="day">One day alone.</param>
    public string Query(DateOnly? day = null) =>
        "?provider=" + Provider + ((day ?? From) is { } from ? $"&from={from:yyyy-MM-dd}" : "") + ((day ?? To) is { } to ? $"&to={to:yyyy-MM-dd}" : "");
}
