using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;

namespace BudgetProxy.Cli.AdminKeys;

/// <summary><c>budgetproxy whoami</c>: which key of which proxy is in use.</summary>
internal sealed class WhoAmICommand : ProxyCommand
{
    public WhoAmICommand()
        : base("whoami", "Which admin key is in use, what it may do, and at which proxy", "budgetproxy whoami\nbudgetproxy whoami --json | jq -r .role")
    {
    }

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var key = (await call.Client.GetAsync("whoami", cancellationToken)).Json;
        if (call.Json)
            JsonText.Print(key);
        else
            new Facts().Add("Name", key.Text("name"), Tone.Strong).Add("Role", key.Text("role")).Add("Id", key.Text("id")).Add("Proxy", call.Client.Url.AbsoluteUri).Write(call.Terminal);
        return ExitCode.Done;
    }
}
