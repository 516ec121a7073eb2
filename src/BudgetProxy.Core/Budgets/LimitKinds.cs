namespace BudgetProxy.Core.Budgets;

/// <summary>The names of limits as budgets spell them: <c>usd</c>, <c>requests</c>, <c>tokens</c>, <c>chargedUsd</c>.</summary>
public static class LimitKinds
{
    public static string Name(this LimitKind kind) => kind switch
    {
        LimitKind.Usd => "usd",
        LimitKind.Requests => "requests",
        LimitKind.Tokens => "tokens",
        LimitKind.Charged => "chargedUsd",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a limit."),
    };

    /// <summary>True where amounts are nano-dollars, whoever's.</summary>
    public static bool IsMoney(this LimitKind kind) => kind is LimitKind.Usd or LimitKind.Charged;
}
