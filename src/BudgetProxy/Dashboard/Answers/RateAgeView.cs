namespace BudgetProxy.Dashboard.Answers;

/// <summary>How old the prices are.</summary>
public sealed record RateAgeView(int Rows, DateOnly? Newest, int? AgeDays, bool Stale);
