using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>The ledger and the counters as one proxy shows them to its operator.</summary>
internal static class ProxyBooks
{
    public static async Task<List<LedgerRow>> LedgerAsync(ProxyProcess proxy, string tenant, CancellationToken cancellationToken)
    {
        using var admin = proxy.Admin();
        var text = await admin.GetStringAsync($"ledger?tenant={tenant}&format=jsonl", cancellationToken);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(LedgerRow.Parse)];
    }

    public static async Task<List<CounterRow>> CountersAsync(ProxyProcess proxy, IReadOnlyList<BudgetSpec> budgets, CancellationToken cancellationToken)
    {
        using var admin = proxy.Admin();
        var rows = new List<CounterRow>();
        foreach (var tenant in budgets.GroupBy(budget => budget.Tenant))
        {
            var list = await admin.GetFromJsonAsync<JsonElement>($"tenants/{tenant.Key}/budgets", cancellationToken);
            var items = list.GetProperty("items").EnumerateArray().ToDictionary(item => item.GetProperty("name").GetString()!);
            foreach (var budget in tenant)
                rows.AddRange(Counters(budget, items[budget.Name]));
        }

        return rows;
    }

    private static IEnumerable<CounterRow> Counters(BudgetSpec budget, JsonElement item) => budget.Per is null
        ? [Counter(budget, "", item)]
        : item.GetProperty("counters").EnumerateArray().Select(counter => Counter(budget, counter.GetProperty("value").GetString()!, counter));

    private static CounterRow Counter(BudgetSpec budget, string scope, JsonElement counter) =>
        new(budget, scope, Amount(budget, counter, "spent"), Amount(budget, counter, "held"));

    private static long Amount(BudgetSpec budget, JsonElement counter, string name) =>
        budget.Kind.IsMoney() ? LedgerRow.Nano(counter, name) : counter.GetProperty(name).GetInt64();
}
