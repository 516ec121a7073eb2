namespace BudgetProxy.Stripe;

/// <summary>What summaries are grouped by. The ends of the span are whole minutes, UTC hours or UTC days then.</summary>
public enum SummaryWindow
{
    None,
    Hour,
    Day,
}
