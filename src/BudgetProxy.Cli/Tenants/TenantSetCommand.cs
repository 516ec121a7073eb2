using System.CommandLine;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Tenants;

/// <summary><c>tenants set</c>.</summary>
internal sealed class TenantSetCommand : ProxyCommand
{
    /// <summary>What answers say beyond the definition.</summary>
    public static readonly string[] OnlyShown = ["id", "spentMonthUsd", "requestsMonth", "tightestShare"];

    private readonly Argument<string> _tenant = Named.Tenant();
    private readonly Option<bool> _new = new("--new") { Description = "Only make it: fails where there is one of this id" };

    public TenantSetCommand()
        : base(
            "set", "Makes a tenant, or changes what is named and leaves the rest; an empty text takes a field away",
            """
            budgetproxy tenants set acme --name 'Acme Ltd'
            budgetproxy tenants set acme --plan pro --max-call 0.50 --allowed-models 'gpt-4o*,claude-*'
            budgetproxy tenants set acme --plan ''
            """)
    {
        Fields.Text("--name", "name", "What people call it", "text")
            .Text("--plan", "plan", "The plan whose budgets it has", "plan")
            .Text("--timezone", "timezone", "IANA zone in which the days and months of its budgets begin", "Europe/Berlin")
            .Number("--markup", "markupPercent", "Percent that it is charged above the provider's cost", "20")
            .List("--allowed-models", "allowedModels", "Patterns of models, separated by commas; empty = all", "gpt-4o*,claude-*")
            .Usd("--max-call", "maxCallUsd", "Most that one call may cost, in USD")
            .Text("--stripe-customer", "stripeCustomerId", "Its customer id at Stripe", "cus_…")
            .Flag("--suspended", "suspended", "Whether its calls are refused");
        Takes(_tenant);
        TakesFields();
        Takes(_new);
    }

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var id = call.Get(_tenant);
        var change = await new Definition(call.Client, AdminQuery.Path("tenants", id), OnlyShown)
            .SetAsync(body => Fields.Apply(call.Parsed, body), call.Get(_new), cancellationToken);
        call.Done(change.InWords($"Tenant {id}"), change.Document);
        if (change.Made && !call.Json && change.Document.Text("plan") is null)
            call.Terminal.Wrapped($"Next: budgetproxy budgets set {id} monthly --usd 50 --window month; budgetproxy keys create {id} --name main", 2);
        return ExitCode.Done;
    }
}
