using System.Globalization;

namespace BudgetProxy.Gateway;

/// <summary>What every metered answer says of its own price.</summary>
public static class AnswerHeaders
{
    /// <summary>The estimate, what was reserved, and what remains.</summary>
    public static void SetQuote(IHeaderDictionary headers, Call call)
    {
        headers[HeaderNames.EstimatedInputTokens] = call.Quote.Input.Tokens.ToString(CultureInfo.InvariantCulture);
        headers[HeaderNames.EstimatedCostUsd] = call.Reserved.ToString();
        if (call.Outcome.RemainingUsd is { } remaining)
            headers[HeaderNames.RemainingUsd] = remaining.ToBalance();
        if (call.ClampedTo is { } limit)
            headers[HeaderNames.ClampedMaxTokens] = limit.ToString(CultureInfo.InvariantCulture);
        if (call.Outcome.WouldBlock is { } budgets)
            headers[HeaderNames.WouldBlock] = budgets;
    }
}
