using System.CommandLine;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Budgets;

/// <summary><c>budgets set</c>.</summary>
internal sealed class BudgetSetCommand : ProxyCommand
{
    /// <summary>What answers say beyond the definition.</summary>
    private static readonly string[] OnlyShown = ["name", "spent", "held", "remaining", "resetsAt", "counters", "from", "toppedUp", "paidOff"];

    private readonly Argument<string> _tenant = Named.Tenant();
    private readonly Argument<string> _name = Named.Of("name", "The budget's name");
    private readonly Option<bool> _new = new("--new") { Description = "Only make it: fails where there is one of this name" };

    public BudgetSetCommand()
        : base(
            "set", "Makes a budget, or changes what is named and leaves the rest; it acts on the next call",
            """
            budgetproxy budgets set acme monthly --usd 50 --window month
            budgetproxy budgets set acme monthly --usd 80
            budgetproxy budgets set acme per-user --usd 5 --window day --per user --timezone Europe/Berlin
            budgetproxy budgets set acme bursts --requests 100 --window minute --match 'model=gpt-4o*' --match key=key_01a2
            budgetproxy budgets set acme trial --tokens 2M --window lifetime --alert-at 0.5,0.8,1
            """)
    {
        BudgetFields.AddTo(Fields);
        Takes(_tenant, _name);
        TakesFields();
        Takes(_new);
    }

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var (tenant, name) = (call.Get(_tenant), call.Get(_name));
        BudgetFields.RefuseTwoLimits(call);
        var change = await new Definition(call.Client, AdminQuery.Path("tenants", tenant, "budgets", name), OnlyShown)
            .SetAsync(body => Apply(call, body), call.Get(_new), cancellationToken);
        call.Done(change.InWords($"Budget {name} of tenant {tenant}"), change.Document);
        if (!call.Json)
            BudgetShowCommand.Write(call.Terminal, change.Document);
        return ExitCode.Done;
    }

    private void Apply(CommandCall call, JsonObject body)
    {
        var isNew = body.Count == 0;
        Fields.Apply(call.Parsed, body);
        if (isNew && body["limit"] is null)
            throw CommandException.Misuse("There is no such budget yet, and a new one needs a limit: --usd, --charged-usd, --requests or --tokens.");
        if (isNew && body["window"] is null)
            throw CommandException.Misuse("There is no such budget yet, and a new one needs a --window: day, month, rolling:P30D, …");
    }
}
