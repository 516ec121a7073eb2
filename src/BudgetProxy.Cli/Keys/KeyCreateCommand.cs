using System.CommandLine;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Keys;

/// <summary><c>keys create</c>.</summary>
internal sealed class KeyCreateCommand : ProxyCommand
{
    private readonly Argument<string> _tenant = Named.Tenant();
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print the key and nothing else" };

    public KeyCreateCommand()
        : base(
            "create", "Makes a key for a tenant, and shows it this once",
            """
            budgetproxy keys create acme --name main
            budgetproxy keys create acme --name alice --user alice --allowed-models 'gpt-4o-mini' --expires 90d
            KEY=$(budgetproxy keys create acme --name ci --quiet)
            """)
    {
        Fields.Text("--name", "name", "What the key is for", "text")
            .Text("--user", "user", "Calls with it are this user's, whatever they say", "id")
            .Text("--project", "project", "Calls with it are this project's, whatever they say", "id")
            .List("--allowed-models", "allowedModels", "Patterns of models, separated by commas", "gpt-4o*,claude-*")
            .Instant("--expires", "expiresAt", "When it ends, or in what time from now");
        Fields.Options.First().Required = true;
        Takes(_tenant);
        TakesFields();
        Takes(_quiet);
    }

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var body = new JsonObject();
        Fields.Apply(call.Parsed, body);
        var answer = await call.Client.PostAsync(AdminQuery.Path("tenants", call.Get(_tenant), "keys"), body, cancellationToken);
        return KeyAnswer.Show(call, answer.Json, call.Get(_quiet));
    }
}
