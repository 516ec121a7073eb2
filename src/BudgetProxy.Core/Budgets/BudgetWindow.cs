namespace BudgetProxy.Core.Budgets;

/// <summary>The period a budget counts over: calendar, in a time zone, or rolling.</summary>
/// <param name="Rolling">Length of a rolling window; zero for the others.</param>
/// <param name="TimeZone">IANA zone in which calendar windows start; UTC where none was set.</param>
public sealed record BudgetWindow(WindowKind Kind, TimeSpan Rolling, TimeZoneInfo TimeZone)
{
}
