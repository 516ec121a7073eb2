using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>
/// The budgets of the race. Of its two tenants one has room for the whole of it and refuses by user and project alone, whose fresh values keep calls
/// coming through to the end; the other runs dry in the middle.
/// </summary>
internal static class RaceBudgets
{
    private const long Cent = 10_000_000;

    public const string Wide = "wide";
    public const string Narrow = "narrow";

    public static readonly IReadOnlyList<BudgetSpec> All = [.. Tenant(Wide, 100_000 * Cent), .. Tenant(Narrow, Cent)];

    private static IEnumerable<BudgetSpec> Tenant(string tenant, long limit) =>
    [
        new(tenant, "month", null, LimitKind.Usd, limit, "month"),
        new(tenant, "day", null, LimitKind.Usd, limit - (limit / 10), "day"),
        new(tenant, "users", "user", LimitKind.Usd, Cent * 2 / 5, "day"),
        new(tenant, "projects", "project", LimitKind.Requests, 20, "hour"),
        new(tenant, "tokens", null, LimitKind.Tokens, 100_000_000, "rolling:PT6H"),
        new(tenant, "charged", null, LimitKind.Charged, limit + (limit / 10), "quarter"),
        new(tenant, "watched", null, LimitKind.Tokens, 5_000, "day", Shadow: true),
    ];
}
