namespace BudgetProxy.Dashboard.Answers;

/// <summary>What happened, and when.</summary>
public sealed record StripeNoteView(string Text, DateTimeOffset At);
