namespace BudgetProxy.Billing;

/// <summary>What happened, and when.</summary>
public sealed record NoteDocument(string Text, string At);
