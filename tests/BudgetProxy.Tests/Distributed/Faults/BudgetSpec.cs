using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>A budget of the race, as it is set and as it is checked.</summary>
/// <param name="Per"><c>user</c>, <c>project</c> or null.</param>
/// <param name="Limit">Nano-dollars, calls or tokens.</param>
internal sealed record BudgetSpec(string Tenant, string Name, string? Per, LimitKind Kind, long Limit, string Window, bool Shadow = false)
{
    /// <summary>What the admin API takes.</summary>
    public string Json
    {
        get
        {
            var per = Per is null ? "" : $"\"per\":\"{Per}\",";
            var limit = Kind switch
            {
                LimitKind.Usd => $"\"usd\":\"{Limit / 1_000_000_000m}\"",
                LimitKind.Charged => $"\"chargedUsd\":\"{Limit / 1_000_000_000m}\"",
                LimitKind.Requests => $"\"requests\":{Limit}",
                _ => $"\"tokens\":{Limit}",
            };
            return $$"""{{{per}}"limit":{{{limit}}},"window":"{{Window}}","mode":"{{(Shadow ? "shadow" : "enforce")}}"}""";
        }
    }

    /// <summary>The counter that an entry counts in.</summary>
    public string ScopeOf(LedgerRow row) => Per switch
    {
        null => "",
        "user" => row.User ?? "",
        "project" => row.Project ?? "",
        _ => throw new InvalidOperationException($"No budget of the race is per {Per}."),
    };

    /// <summary>What an entry adds to its counter. A correction is no further call.</summary>
    public long AmountOf(LedgerRow row) => Kind switch
    {
        LimitKind.Usd => row.Cost,
        LimitKind.Charged => row.Charged,
        LimitKind.Requests => row.Adjusts is null ? 1 : 0,
        _ => row.Tokens,
    };

    /// <summary>How far an entry may take its counter above the limit: as far as it went above what was reserved.</summary>
    public long OverrunOf(LedgerRow row) => row.Overrun == 0 ? 0 : Kind switch
    {
        LimitKind.Usd => row.Overrun,
        LimitKind.Charged => row.Charged,
        LimitKind.Requests => 0,
        _ => row.Tokens,
    };

    /// <summary>Since when entries count now.</summary>
    public DateTimeOffset StartAt(DateTimeOffset now) =>
        BudgetWindow.TryParse(Window, TimeZoneInfo.Utc, out var window) ? window.At(now).Start : throw new InvalidOperationException($"No window: {Window}");
}
