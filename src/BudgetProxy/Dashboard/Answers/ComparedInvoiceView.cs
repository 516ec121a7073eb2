namespace BudgetProxy.Dashboard.Answers;

/// <summary>An invoice that a comparison took.</summary>
/// <param name="Days">How many days it was taken for.</param>
public sealed record ComparedInvoiceView(string Id, int Days);
