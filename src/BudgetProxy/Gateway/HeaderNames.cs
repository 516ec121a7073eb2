namespace BudgetProxy.Gateway;

/// <summary>The proxy's own headers, as the outside knows them.</summary>
public static class HeaderNames
{
    public const string Prefix = "X-BudgetProxy-";
    public const string RequestId = "X-BudgetProxy-Request-Id";
    public const string Code = "X-BudgetProxy-Code";
    public const string EstimatedInputTokens = "X-BudgetProxy-Estimated-Input-Tokens";
    public const string EstimatedCostUsd = "X-BudgetProxy-Estimated-Cost-Usd";
    public const string RemainingUsd = "X-BudgetProxy-Remaining-Usd";
    public const string CostUsd = "X-BudgetProxy-Cost-Usd";
    public const string WouldBlock = "X-BudgetProxy-Would-Block";
    public const string ClampedMaxTokens = "X-BudgetProxy-Clamped-Max-Tokens";
    public const string Budget = "X-BudgetProxy-Budget";
    public const string Limit = "X-BudgetProxy-Limit";
    public const string Remaining = "X-BudgetProxy-Remaining";
    public const string Reset = "X-BudgetProxy-Reset";
    public const string User = "X-BudgetProxy-User";
    public const string Project = "X-BudgetProxy-Project";
    public const string Run = "X-BudgetProxy-Run";
    public const string Tags = "X-BudgetProxy-Tags";
    public const string ShouldRetry = "x-should-retry";
}
