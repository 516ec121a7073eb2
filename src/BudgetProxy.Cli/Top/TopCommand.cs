using System.CommandLine;
using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;

namespace BudgetProxy.Cli.Top;

/// <summary><c>budgetproxy top</c>: what all proxies are at, again and again.</summary>
internal sealed class TopCommand : ProxyCommand
{
    private static readonly TimeSpan EachSecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(500);

    private readonly Option<bool> _once = new("--once") { Description = "Once, and no more; so it is too where the output is no terminal" };
    private readonly Option<TimeSpan?> _interval = new("--interval") { Description = "How often; each second, where left out", HelpName = "1s", CustomParser = QuantityText.Duration };

    public TopCommand()
        : base(
            "top", "Live: spend a second, calls in flight, refusals, and the tenants nearest their limits; q or Ctrl-C ends it",
            """
            budgetproxy top
            budgetproxy top --once
            budgetproxy top --json | jq -r .spendPerSecondUsd
            """) => Takes(_once, _interval);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var interval = call.Get(_interval) ?? EachSecond;
        if (interval < Least)
            interval = Least;
        // What is wrong from the start ends it; what goes wrong later may pass.
        var live = await AskAsync(call, cancellationToken);
        if (call.Json)
            await PrintAsync(call, live, interval, cancellationToken);
        else if (call.Get(_once) || Console.IsOutputRedirected)
            new LiveBoard(call.Client.Url).Write(call.Terminal, live, null);
        else
            await WatchAsync(call, live, interval, cancellationToken);
        return ExitCode.Done;
    }

    /// <summary>A line of JSON each time.</summary>
    private async Task PrintAsync(CommandCall call, JsonElement live, TimeSpan interval, CancellationToken cancellationToken)
    {
        JsonText.Print(live, onOneLine: !call.Get(_once));
        while (!call.Get(_once))
        {
            await Task.Delay(interval, cancellationToken);
            JsonText.Print(await AskAsync(call, cancellationToken), onOneLine: true);
        }
    }

    /// <summary>On a screen of its own, which is gone when it ends, whichever way it does.</summary>
    private static async Task WatchAsync(CommandCall call, JsonElement live, TimeSpan interval, CancellationToken cancellationToken)
    {
        var board = new LiveBoard(call.Client.Url);
        using var screen = new LiveScreen();
        string? trouble = null;
        try
        {
            while (true)
            {
                screen.Show(terminal => board.Write(terminal, live, trouble));
                if (await screen.IsLeftAsync(interval, cancellationToken))
                    return;
                try
                {
                    live = await AskAsync(call, cancellationToken);
                    trouble = null;
                }
                catch (CommandException away)
                {
                    trouble = away.Message;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C is how it is meant to end.
        }
    }

    private static async Task<JsonElement> AskAsync(CommandCall call, CancellationToken cancellationToken) => (await call.Client.GetAsync("live", cancellationToken)).Json;
}
