namespace BudgetProxy.Dashboard.Answers;

/// <summary>A provider and the credential for it.</summary>
public sealed record ProviderView(string Name, string? BaseUrl, string Credential, string? Detail);
