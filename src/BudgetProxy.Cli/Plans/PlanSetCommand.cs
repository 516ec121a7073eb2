using System.CommandLine;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Plans;

/// <summary><c>plans set</c>.</summary>
internal sealed class PlanSetCommand : ProxyCommand
{
    private readonly Argument<string> _plan = Named.Of("plan", "The plan's name");
    private readonly Option<string[]> _budgets = new("--budget")
    {
        Description = "Makes one budget, or changes what is named of it, and leaves the others: name=50usd/month, with per=, match=model:gpt-4o*, mode=, timezone=, admission= or alert=0.8 after commas, where an empty text takes a field away; may be given again", HelpName = "monthly=50usd/month",
    };

    private readonly Option<string[]> _without = new("--without") { Description = "Takes the budget of this name out; may be given again", HelpName = "monthly" };
    private readonly Option<string?> _file = new("--file") { Description = "The whole plan as JSON, in the form of `plans show --json`; - is standard input", HelpName = "file" };
    private readonly Option<bool> _new = new("--new") { Description = "Only make it: fails where there is one of this name" };

    public PlanSetCommand()
        : base(
            "set", "Makes a plan, or changes what is named and leaves the rest; it acts on all its tenants at once",
            """
            budgetproxy plans set pro --budget monthly=50usd/month --max-call 0.50
            budgetproxy plans set pro --budget bursts=100requests/minute,per=user,mode=shadow
            budgetproxy plans set pro --without bursts --allowed-models 'gpt-4o*,claude-*'
            budgetproxy plans set starter --included 50000requests
            budgetproxy plans set pro --file pro.json
            """)
    {
        Fields.List("--allowed-models", "allowedModels", "Patterns of models, separated by commas; empty = all", "gpt-4o*,claude-*")
            .Usd("--max-call", "maxCallUsd", "Most that one call may cost, in USD")
            .Add(
                new Option<string?>("--included") { Description = "What each month gives free before usage is billed; empty = nothing", HelpName = "50000requests|5usd|2Mtokens" },
                "included", PlanIncluded.Read)
            .Choice("--billing", "billing", "metered is billed afterwards; prepaid takes from what was topped up", "metered", "prepaid")
            .Add(new FieldOption(_budgets, "budgets", _ => null, (body, _) => { }));
        Takes(_plan);
        TakesFields();
        Takes(_without, _file, _new);
    }

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var name = call.Get(_plan);
        var change = await new Definition(call.Client, AdminQuery.Path("plans", name), "name", "tenants").SetAsync(body => Apply(call, body), call.Get(_new), cancellationToken);
        call.Done(change.InWords($"Plan {name}"), change.Document);
        if (!call.Json)
            PlanText.Write(call.Terminal, change.Document);
        return ExitCode.Done;
    }

    private void Apply(CommandCall call, JsonObject body)
    {
        if (call.Get(_file) is { } file)
        {
            var whole = JsonFile.Read("--file", file);
            body.Clear();
            foreach (var (field, value) in whole.ToList().Where(field => field.Key is not ("name" or "tenants")))
                body[field] = value?.DeepClone();
        }

        Fields.Apply(call.Parsed, body);
        var budgets = body["budgets"] as JsonArray ?? [];
        foreach (var name in call.Get(_without) ?? [])
        {
            if (Find(budgets, name) is not { } gone)
                throw new CommandException($"--without: the plan has no budget '{name}'.", ExitCode.NotFound);
            budgets.Remove(gone);
        }

        foreach (var text in call.Get(_budgets) ?? [])
            PlanBudget.Set(budgets, text);
        if (budgets.Parent is null)
            body["budgets"] = budgets;
    }

    private static JsonNode? Find(JsonArray budgets, string name) => budgets.FirstOrDefault(budget => budget?["name"]?.ToString() == name);
}
