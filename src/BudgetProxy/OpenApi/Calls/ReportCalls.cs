namespace BudgetProxy.OpenApi.Calls;

/// <summary>What is only looked at.</summary>
internal static class ReportCalls
{
    public static readonly Dictionary<string, CallText> All = new(StringComparer.Ordinal)
    {
        ["GET /usage"] = new(
            "getUsage", "Totals of the ledger.", null, "tenant", "user", "project", "model", "from", "to", "groupBy", "usage.format") { Texts = ["text/csv"] },
        ["GET /ledger"] = new("getLedger", "Ledger entries in the order of their settling, streamed.", null, "tenant", "user", "project", "model", "from", "to", "ledger.format")
        {
            Texts = ["application/jsonl", "text/csv"],
        },
        ["GET /tenants/{tenant}/statements"] = new("listStatements", "The months in which a tenant used something, newest first, each with its totals.", null, "limit", "after"),
        ["GET /tenants/{tenant}/statements/{month}"] = new(
            "getStatement", "A tenant's statement of a UTC month: calls, tokens, what is charged by model, user and project, and corrections; or its entries, streamed.", null,
            "statement.format", "detail", "for")
        {
            Texts = ["text/csv", "text/html", "application/jsonl"],
        },
        ["GET /calls"] = new("listCalls", "Ledger entries, newest first.", null, "tenant", "user", "model", "status", "calls.limit", "after"),
        ["GET /overview"] = new("getOverview", "Spend, refusals, savings and what is near its limit, of all tenants.", null, "days"),
        ["GET /tenants/{tenant}/overview"] = new("getOverviewOfTenant", "The same of one tenant.", null, "days"),
        ["GET /live"] = new("getLive", "What happens now: spend and calls a second, calls in flight, the tenants nearest their limits."),
        ["GET /health"] = new("getHealth", "Version, stores, clock, age of the rates, and with providers=true the provider credentials.", null, "providers"),
        ["POST /estimate"] = new("estimateWorkload", "What a workload would cost by the rates in force here; changes nothing.", "Workload"),
        ["GET /audit"] = new(
            "listAudit", "Who changed what, from what to what; newest first.", null, "audit.tenant", "action", "by", "audit.from", "audit.to", "limit", "after"),
    };
}
