using System.CommandLine;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Cli.Tenants;

/// <summary><c>tenants balance</c>.</summary>
internal sealed class TenantBalanceCommand : ProxyCommand
{
    private readonly Argument<string> _tenant = Named.Tenant();

    public TenantBalanceCommand()
        : base(
            "balance", "The prepaid credit of a tenant; below zero after an overrun, which the next top-up pays first",
            """
            budgetproxy tenants balance acme
            budgetproxy budgets topup acme credit 20
            """) => Takes(_tenant);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var balance = (await call.Client.GetAsync(AdminQuery.Path("tenants", call.Get(_tenant), "balance"), cancellationToken)).Json;
        if (call.Json)
        {
            JsonText.Print(balance);
            return ExitCode.Done;
        }

        var left = balance.Usd("balanceUsd") ?? NanoUsd.Zero;
        new Facts().Add("Balance", MoneyText.Of(left), left < NanoUsd.Zero ? Tone.Bad : Tone.Strong).Add("Credit", Of("creditUsd")).Add("Spent", Of("spentUsd")).Add("Held", Of("heldUsd"))
            .Add("Budget", balance.Text("budget")).Write(call.Terminal);
        return ExitCode.Done;

        string Of(string field) => MoneyText.Of(balance.Usd(field) ?? NanoUsd.Zero);
    }
}
