namespace BudgetProxy.Insight;

/// <summary>One of the providers.</summary>
/// <param name="Credential"><c>ok</c>, <c>missing</c>, <c>refused</c>, <c>unreachable</c> or <c>unknown</c>.</param>
public sealed record ProviderHealthDocument(string Name, string BaseUrl, string Credential, string Detail);
