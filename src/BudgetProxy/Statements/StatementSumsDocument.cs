using System.Text.Json.Serialization;
using BudgetProxy.Admin;

namespace BudgetProxy.Statements;

/// <summary>Sums of a statement, corrections included.</summary>
/// <param name="Calls">Calls that settled in the month.</param>
/// <param name="Corrections">Entries that correct another.</param>
/// <param name="ChargedUsd">With markup: what the customer owes, in USD to the nano-dollar.</param>
/// <param name="CostUsd">What the providers take; only in a statement for us.</param>
/// <param name="MarkupUsd">What is charged above the cost; only in a statement for us.</param>
public sealed record StatementSumsDocument(
    long Calls, long Corrections, TokensDocument Tokens, string ChargedUsd,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? CostUsd,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? MarkupUsd)
{
    /// <param name="forUs">With what it costs us.</param>
    public static StatementSumsDocument Of(StatementSums sums, bool forUs) => new(
        sums.Calls, sums.Corrections, TokensDocument.Of(sums.Usage), sums.Charged.ToString(), forUs ? sums.Cost.ToString() : null, forUs ? sums.Markup.ToString() : null);
}
