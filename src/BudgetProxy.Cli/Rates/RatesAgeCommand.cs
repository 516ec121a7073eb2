using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;

namespace BudgetProxy.Cli.Rates;

/// <summary><c>rates age</c>: how old the rate table is.</summary>
internal sealed class RatesAgeCommand : ProxyCommand
{
    public RatesAgeCommand()
        : base("age", "How old the rate table is; exit code 1 where it is stale", "budgetproxy rates age\nbudgetproxy rates age --json")
    {
    }

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var health = (await call.Client.GetAsync("health", cancellationToken)).Json;
        var rates = health.Field("rates") ?? throw new CommandException("The proxy does not say how old its rates are; it is older than this command.");
        var stale = rates.Is("stale");
        if (call.Json)
            JsonText.Print(rates);
        else
        {
            new Facts().Add("Rows", rates.Whole("rows")?.ToString("#,##0")).Add("Newest", rates.Text("newest"))
                .Add("Age", rates.Number("ageDays") is { } days ? $"{days:0.#} days" : null, stale ? Tone.Warning : Tone.Plain).Write(call.Terminal);
            if (stale)
                call.Terminal.Wrapped("The rates are stale: providers change prices every few weeks. Bring them up to date: budgetproxy rates import model_prices.json", 2);
        }

        return stale ? ExitCode.Failed : ExitCode.Done;
    }
}
