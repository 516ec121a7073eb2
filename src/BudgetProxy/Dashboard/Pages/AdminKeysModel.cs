using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <param name="Issued">A key just made, shown this once.</param>
public sealed record AdminKeysModel(Part<ListOf<AdminKeyView>> Keys, FormState? State, AdminKeyView? Issued);
