using System.CommandLine;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Budgets;

/// <summary><c>budgets topup</c>.</summary>
internal sealed class BudgetTopUpCommand : ProxyCommand
{
    private readonly Argument<string> _tenant = Named.Tenant();
    private readonly Option<string> _once = Named.Once();
    private readonly Argument<string> _name = Named.Of("name", "The budget's name");
    private readonly Argument<string> _usd = Named.Of("usd", "How much more there is to spend, in USD; below 0 = paid back of prepaid credit");

    public BudgetTopUpCommand()
        : base(
            "topup", "Adds to a budget in its present window; the next window begins with the limit again",
            """
            budgetproxy budgets topup acme monthly 20
            budgetproxy budgets topup acme per-user 2.50 --value alice
            budgetproxy budgets topup acme credit -- -3.20
            """)
    {
        Fields.Text("--value", "value", "Only this user, key or the like, in a budget that counts by it", "alice");
        Takes(_tenant, _name, _usd);
        TakesFields();
        Takes(_once);
    }

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var (tenant, name) = (call.Get(_tenant), call.Get(_name));
        var body = new JsonObject { ["usd"] = QuantityText.Usd(call.Get(_usd)) };
        Fields.Apply(call.Parsed, body);
        var answer = await call.Client.PostOnceAsync(AdminQuery.Path("tenants", tenant, "budgets", name, "topup"), body, call.Get(_once), cancellationToken);
        var usd = body["usd"]!.GetValue<string>();
        call.Done($"Budget {name} of tenant {tenant} has ${usd.TrimStart('-')} {(usd.StartsWith('-') ? "less" : "more")}{(answer.Json.Text("window") == "lifetime" ? "" : " in this window")}{(answer.Json.Usd("paidOff") is { } paid ? $"; {MoneyText.Of(paid)} of it paid for what was spent above the limit" : "")}.", answer.Json);
        if (!call.Json)
            BudgetShowCommand.Write(call.Terminal, answer.Json);
        return ExitCode.Done;
    }
}
