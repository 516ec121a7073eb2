using System.CommandLine;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Tenants;

/// <summary><c>tenants show</c>.</summary>
internal sealed class TenantShowCommand : ProxyCommand
{
    private readonly Argument<string> _tenant = Named.Tenant();

    public TenantShowCommand()
        : base(
            "show", "One tenant: how it is set, and its budgets",
            """
            budgetproxy tenants show acme
            budgetproxy tenants show acme --json
            """) => Takes(_tenant);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var id = call.Get(_tenant);
        var tenant = (await call.Client.GetAsync(AdminQuery.Path("tenants", id), cancellationToken)).Json;
        if (call.Json)
        {
            JsonText.Print(tenant);
            return ExitCode.Done;
        }

        TenantText.Facts(tenant).Write(call.Terminal);
        call.Terminal.Line();
        var table = new BudgetTable(call.Terminal);
        await foreach (var page in call.Client.PagesAsync(AdminQuery.Of("tenants", id, "budgets"), null, BudgetTable.PageSize, null, cancellationToken))
            table.Write(page.Items);
        table.End("It has no budgets: nothing limits it but the most for one call.");
        return ExitCode.Done;
    }
}
