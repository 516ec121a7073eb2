using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Batches;

/// <summary>What became of one line.</summary>
/// <param name="Usage">As the provider reports it; default where it does not.</param>
/// <param name="Status">HTTP status of the line's answer; 0 = it was not answered.</param>
/// <param name="Regional">Whether the answer says that the regional surcharge applies; null = it does not say.</param>
/// <param name="Unknown">The part of the usage that stands under names which no price is known for.</param>
/// <param name="ServedModel">Number of the model that served, in <see cref="BatchOutcomes.ServedModels"/>; -1 = the answer names none.</param>
public readonly record struct LineOutcome(LineEnding Ending, Usage Usage, short Status, bool? Regional, short ServedModel, UnknownTokens Unknown = default)
{
    public static readonly LineOutcome Missing = new(LineEnding.Missing, default, 0, false, -1);
}
