using System.CommandLine;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;

namespace BudgetProxy.Cli.AdminKeys;

/// <summary><c>admin-keys create</c>.</summary>
internal sealed class AdminKeyCreateCommand : ProxyCommand
{
    private readonly Argument<string> _name = Named.Of("name", "Who or what the key is for");
    private readonly Option<string> _role = new("--role") { Description = "What it may do", Required = true };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print the key and nothing else" };

    public AdminKeyCreateCommand()
        : base("create", "Makes an admin key, and shows it this once", "budgetproxy admin-keys create alice --role admin\nKEY=$(budgetproxy admin-keys create grafana --role viewer --quiet)")
    {
        _role.AcceptOnlyFromAmong("admin", "finance", "viewer");
        Takes(_name, _role, _quiet);
    }

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var key = (await call.Client.PostAsync("admin-keys", new JsonObject { ["name"] = call.Get(_name), ["role"] = call.Get(_role) }, cancellationToken)).Json;
        if (call.Get(_quiet))
            Console.WriteLine(key.Text("key"));
        else if (call.Json)
            JsonText.Print(key);
        else
        {
            new Facts().Add("Key", key.Text("key"), Tone.Strong).Add("Id", key.Text("id")).Add("Name", key.Text("name")).Add("Role", key.Text("role")).Write(call.Terminal);
            call.Terminal.Wrapped("The key is shown this once: keep it now.", 0);
        }

        return ExitCode.Done;
    }
}
