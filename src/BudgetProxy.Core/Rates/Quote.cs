using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Rates;

/// <summary>The price of a call before it is made, expected and worst, with the rate that gave it.</summary>
/// <param name="Rate">The row that priced it.</param>
/// <param name="Input">The count it rests on.</param>
/// <param name="OutputLimit">Output tokens of one answer at most: the caller's limit, else the model's own.</param>
/// <param name="ExpectedUsage">What it will probably use.</param>
/// <param name="WorstUsage">What it can't exceed: the dearest input class that may apply, and all choices at the output limit.</param>
/// <param name="Expected">Price of <paramref name="ExpectedUsage"/>, rounded up.</param>
/// <param name="Worst">Price of <paramref name="WorstUsage"/>, rounded up: what is reserved.</param>
public sealed record Quote(
    Rate Rate, InputEstimate Input, long OutputLimit, Usage ExpectedUsage, Usage WorstUsage, NanoUsd Expected, NanoUsd Worst)
{
}
