using System.CommandLine;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Budgets;

/// <summary><c>budgets reset</c>.</summary>
internal sealed class BudgetResetCommand : ProxyCommand
{
    private readonly Argument<string> _tenant = Named.Tenant();
    private readonly Option<string> _once = Named.Once();
    private readonly Argument<string> _name = Named.Of("name", "The budget's name");
    private readonly Confirmation _confirmation = new();

    public BudgetResetCommand()
        : base(
            "reset", "Lets a budget's present window begin again with nothing spent; the ledger stays as it is",
            """
            budgetproxy budgets reset acme monthly
            budgetproxy budgets reset acme per-user --value alice --yes
            """)
    {
        Fields.Text("--value", "value", "Only this user, key or the like, in a budget that counts by it", "alice");
        Takes(_tenant, _name);
        TakesFields();
        Takes(_once);
        Takes(_confirmation.Yes);
    }

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var (tenant, name) = (call.Get(_tenant), call.Get(_name));
        var body = new JsonObject();
        Fields.Apply(call.Parsed, body);
        var what = $"budget {name} of tenant {tenant}{(body["value"] is { } value ? $" for {value}" : "")}";
        if (!_confirmation.Ask(call, $"Reset {what}? What was spent in this window no longer counts against it."))
            return ExitCode.Failed;
        var answer = await call.Client.PostOnceAsync(AdminQuery.Path("tenants", tenant, "budgets", name, "reset"), body, call.Get(_once), cancellationToken);
        call.Done($"Reset: {what}.", answer.Json);
        if (!call.Json)
            BudgetShowCommand.Write(call.Terminal, answer.Json);
        return ExitCode.Done;
    }
}
