using System.CommandLine;
using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Audit;

/// <summary><c>budgetproxy audit</c>: who changed what, from what to what.</summary>
internal sealed class AuditCommand : ListCommand
{
    private const int Latest = 50;

    private readonly Option<string?> _tenant = new("--tenant") { Description = "Only what is this tenant's", HelpName = "id" };
    private readonly Option<string?> _action = new("--action") { Description = "Only this action", HelpName = "budget.put" };
    private readonly Option<string?> _by = new("--by") { Description = "Only what this admin key did, by its id", HelpName = "id" };
    private readonly PeriodOptions _period = new();

    public AuditCommand()
        : base(
            "audit", "Who changed what, from what to what; newest first",
            """
            budgetproxy audit
            budgetproxy audit --tenant acme --last 7d
            budgetproxy audit --action budget.put --limit 200 --json
            """,
            Latest)
    {
        _action.CompletionSources.Add(
            "tenant.put", "tenant.delete", "key.issue", "key.put", "key.revoke", "key.rotate", "budget.put", "budget.delete", "budget.topup", "budget.reset", "plan.put", "plan.delete", "rate.add",
            "rates.import", "rates.rerate", "adminkey.issue", "adminkey.delete", "webhook.put", "webhook.delete", "directory.apply");
        Takes(_tenant, _action, _by);
        Takes(_period.All);
        TakesPaging();
    }

    protected override IReadOnlyList<Column> Columns { get; } =
        [new Column("Time (UTC)"), Column.Text("By"), new Column("Action"), Column.Text("Target"), Column.Text("Change")];

    protected override AdminQuery Question(CommandCall call)
    {
        var (from, to) = _period.Read(call, TimeProvider.System.GetUtcNow());
        return AdminQuery.Of("audit").With("tenant", call.Get(_tenant)).With("action", call.Get(_action)).With("by", call.Get(_by))
            .With("from", PeriodOptions.Text(from)).With("to", PeriodOptions.Text(to));
    }

    protected override IEnumerable<Cell[]> Rows(CommandCall call, JsonElement item) =>
    [
        [
            Cell.Time(item.Text("at")), Cell.Of(item.Text("by.name") ?? item.Text("by.id")), Cell.Of(item.Text("action")), Cell.Of(item.Text("target")),
            new Cell(string.Join("; ", Differences(item.Field("before"), item.Field("after"), ""))),
        ],
    ];

    protected override string Nothing(CommandCall call) => "There are no such changes.";

    /// <summary>What differs between two definitions, field by field; what is the same, or was nothing and is nothing, is left out.</summary>
    private static IEnumerable<string> Differences(JsonElement? before, JsonElement? after, string path)
    {
        if (before is not { ValueKind: JsonValueKind.Object } && after is not { ValueKind: JsonValueKind.Object })
        {
            var (was, now) = (Shown(before), Shown(after));
            return was == now ? [] : [$"{path}{(path.Length > 0 ? ": " : "")}{(was.Length == 0 ? now : now.Length == 0 ? $"{was} -> -" : $"{was} -> {now}")}"];
        }

        if (after is null)
            return [path.Length == 0 ? "gone" : $"{path}: -"];
        var names = Names(before).Union(Names(after));
        return names.SelectMany(name => Differences(before?.Field(name), after?.Field(name), path.Length == 0 ? name : $"{path}.{name}"));
    }

    private static IEnumerable<string> Names(JsonElement? json) => json is { ValueKind: JsonValueKind.Object } some ? some.EnumerateObject().Select(field => field.Name) : [];

    /// <summary>An object of a list in its own fields that say something.</summary>
    private static string Short(JsonElement item) => item.ValueKind == JsonValueKind.Object
        ? $"({string.Join(' ', item.EnumerateObject().Where(field => field.Value.ValueKind != JsonValueKind.Null).Select(field => $"{field.Name}={Short(field.Value)}"))})"
        : item.ValueKind == JsonValueKind.Array ? string.Join(',', item.EnumerateArray().Select(Short)) : item.ToString();

    private static string Shown(JsonElement? value) => value switch
    {
        null => "",
        { ValueKind: JsonValueKind.Array } array => string.Join(", ", array.EnumerateArray().Select(Short)),
        { ValueKind: JsonValueKind.True } => "true",
        { ValueKind: JsonValueKind.False } => "false",
        var other => other.ToString()!,
    };
}
