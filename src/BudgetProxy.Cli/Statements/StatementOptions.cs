using System.CommandLine;
using System.Globalization;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Statements;

/// <summary>Which statement, and who it is for: what commands about one have in common.</summary>
internal sealed class StatementOptions
{
    private readonly Argument<string> _tenant = Named.Tenant();
    private readonly Argument<string?> _month = new("month") { Description = "A month in UTC, such as 2026-11; this one, where left out", Arity = ArgumentArity.ZeroOrOne, DefaultValueFactory = _ => null };
    private readonly Option<string> _for = new("--for") { Description = "customer: what is charged; us: also what it costs", HelpName = "us", DefaultValueFactory = _ => "customer" };

    public StatementOptions() => _for.CompletionSources.Add("customer", "us");

    public Symbol[] All => [_tenant, _month, _for];

    public bool IsForUs(CommandCall call) => call.Get(_for) == "us";

    public AdminQuery Question(CommandCall call)
    {
        var month = call.Get(_month) is { Length: > 0 } given ? given : TimeProvider.System.GetUtcNow().ToString("yyyy-MM", CultureInfo.InvariantCulture);
        return AdminQuery.Of("tenants", call.Get(_tenant), "statements", month).With("for", call.Get(_for));
    }
}
