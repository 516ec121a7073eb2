using System.CommandLine;
using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Budgets;

/// <summary><c>budgets show</c>.</summary>
internal sealed class BudgetShowCommand : ProxyCommand
{
    private readonly Argument<string> _tenant = Named.Tenant();
    private readonly Argument<string> _name = Named.Of("name", "The budget's name");

    public BudgetShowCommand()
        : base("show", "One budget: how it is set, and its counters", "budgetproxy budgets show acme monthly\nbudgetproxy budgets show acme monthly --json") => Takes(_tenant, _name);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var budget = (await call.Client.GetAsync(AdminQuery.Path("tenants", call.Get(_tenant), "budgets", call.Get(_name)), cancellationToken)).Json;
        if (call.Json)
        {
            JsonText.Print(budget);
            return ExitCode.Done;
        }

        Write(call.Terminal, budget);
        return ExitCode.Done;
    }

    /// <summary>All of a budget, for people.</summary>
    public static void Write(Terminal terminal, JsonElement budget)
    {
        new Facts().Add("Time zone", budget.Text("timezone") ?? "the tenant's").Add("Mode", budget.Text("mode")).Add("Admission", budget.Text("admission"))
            .Add("Alerts at", AlertsOf(budget)).Add("From", budget.Text("from")).Write(terminal);
        terminal.Line();
        new BudgetTable(terminal, counters: int.MaxValue).Write([budget]);
    }

    private static string? AlertsOf(JsonElement budget) =>
        budget.Items("alertAt").Select(share => share.TryGetDecimal(out var part) ? $"{part * 100:0.##} %" : share.ToString()).ToList() is { Count: > 0 } all ? string.Join(", ", all) : null;
}
