namespace BudgetProxy.Core.Tokens;

/// <summary>What an answer's usage counts under a name that we don't know, and have no price for.</summary>
/// <param name="Input">Tokens within <see cref="Usage.Input"/>.</param>
/// <param name="Output">Tokens within <see cref="Usage.Output"/>.</param>
/// <param name="Elsewhere">How often something stands under such a name that is counted where it is dearest already: calls of tools, cache writes.</param>
public readonly record struct UnknownTokens(long Input, long Output, long Elsewhere = 0)
{
    /// <summary>True where there is any.</summary>
    public bool Any => Input > 0 || Output > 0 || Elsewhere > 0;
}
