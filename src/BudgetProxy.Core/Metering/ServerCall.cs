namespace BudgetProxy.Core.Metering;

/// <summary>A call of a tool on the provider's side that has a fee.</summary>
internal enum ServerCall
{
    None,
    WebSearch,
    FileSearch,
    Code,
}
