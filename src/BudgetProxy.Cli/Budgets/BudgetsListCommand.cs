using System.CommandLine;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Budgets;

/// <summary><c>budgets list</c>.</summary>
internal sealed class BudgetsListCommand : ProxyCommand
{
    private readonly Argument<string> _tenant = Named.Tenant();
    private readonly Option<long?> _counters = new("--counters") { Description = "How many counters of a budget that counts by user, key or the like; 5, where left out", HelpName = "n", CustomParser = QuantityText.Count };

    public BudgetsListCommand()
        : base(
            "list", "A tenant's budgets with what is spent, held by calls in flight, and left",
            """
            budgetproxy budgets list acme
            budgetproxy budgets list acme --counters 20
            budgetproxy budgets list acme --json | jq -r '.items[] | [.name, .remaining] | @tsv'
            """) => Takes(_tenant, _counters);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var tenant = call.Get(_tenant);
        var pages = call.Client.PagesAsync(AdminQuery.Of("tenants", tenant, "budgets"), null, BudgetTable.PageSize, null, cancellationToken);
        if (call.Json)
        {
            await JsonText.PrintAsync(pages, cancellationToken);
            return ExitCode.Done;
        }

        var table = new BudgetTable(call.Terminal, (int)Math.Min(call.Get(_counters) ?? 5, int.MaxValue));
        await foreach (var page in pages)
            table.Write(page.Items);
        table.End($"This tenant has no budgets. Set one: budgetproxy budgets set {Terminal.Clean(tenant)} monthly --usd 50 --window month");
        return ExitCode.Done;
    }
}
