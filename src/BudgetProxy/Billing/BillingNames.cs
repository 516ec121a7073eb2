using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Billing;

/// <summary>How states, causes and kinds stand in rows and in the API.</summary>
internal static class BillingNames
{
    private static readonly string[] States = ["pending", "sending", "sent", "verified", "unknown", "parked", "dead", "written-off"];
    private static readonly string[] Causes = ["customer", "meter", "refused", "drift", "rejected"];

    public static string Of(BucketState state) => States[(int)state];

    public static string Of(ParkCause cause) => Causes[(int)cause];

    public static string? Of(ParkCause? cause) => cause is { } one ? Of(one) : null;

    public static string Of(LimitKind kind) => kind switch
    {
        LimitKind.Requests => "requests",
        LimitKind.Tokens => "tokens",
        _ => "usd",
    };

    /// <summary>All names of states, in order.</summary>
    public static IReadOnlyList<string> AllStates => States;

    public static bool TryParse(string name, out BucketState state)
    {
        state = (BucketState)Array.IndexOf(States, name);
        return (int)state >= 0;
    }

    public static BucketState State(string name) => TryParse(name, out var state) ? state : throw new FormatException($"There is no state {name}.");

    public static ParkCause? Cause(string? name) => Array.IndexOf(Causes, name) is var index and >= 0 ? (ParkCause)index : null;

    public static LimitKind Kind(string name) => name switch
    {
        "requests" => LimitKind.Requests,
        "tokens" => LimitKind.Tokens,
        _ => LimitKind.Usd,
    };
}
