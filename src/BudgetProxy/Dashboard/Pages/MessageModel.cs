namespace BudgetProxy.Dashboard.Pages;

/// <summary>A page that only says something.</summary>
public sealed record MessageModel(string Title, string Text);
