namespace BudgetProxy.Core.Metering;

/// <summary>One line of a batch's results.</summary>
/// <param name="CustomId">The caller's own id of the line.</param>
/// <param name="Status">HTTP status of the line's answer; 0 = it was not answered.</param>
/// <param name="Body">Where the answer stands in the line; default = there is none.</param>
public readonly record struct BatchAnswer(string CustomId, int Status, Range Body)
{
    /// <summary>True where there is something that may have been billed.</summary>
    public bool HasBody => !Body.Equals(default);
}
