using System.CommandLine;
using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Keys;

/// <summary><c>keys list</c>.</summary>
internal sealed class KeysListCommand : ListCommand
{
    private readonly Argument<string> _tenant = Named.Tenant();
    private readonly Option<bool> _revoked = new("--revoked") { Description = "Those that were revoked too: the ledger goes on naming them" };

    public KeysListCommand()
        : base("list", "A tenant's keys; of each only its first characters are known", "budgetproxy keys list acme\nbudgetproxy keys list acme --revoked --json")
    {
        Takes(_tenant, _revoked);
        TakesPaging();
    }

    protected override IReadOnlyList<Column> Columns { get; } =
    [
        new Column("Id"), Column.Text("Name"), new Column("Key"), Column.Text("User"), Column.Text("Project"), Column.Text("Models"), new Column("Made (UTC)"),
        new Column("Expires (UTC)"), new Column("State"),
    ];

    protected override AdminQuery Question(CommandCall call) => AdminQuery.Of("tenants", call.Get(_tenant), "keys").With("revoked", call.Get(_revoked));

    protected override IEnumerable<Cell[]> Rows(CommandCall call, JsonElement item) =>
    [
        [
            Cell.Of(item.Text("id")), Cell.Of(item.Text("name")), Cell.Of(item.Text("prefix") + "…"), Cell.Of(item.Text("user")), Cell.Of(item.Text("project")),
            Cell.Of(item.Joined("allowedModels") ?? "all"), Cell.Time(item.Text("createdAt")), item.Text("expiresAt") is { } at ? Cell.Time(at) : new Cell("never"), StateOf(item),
        ],
    ];

    protected override string Nothing(CommandCall call) => $"This tenant has no keys. Make one: budgetproxy keys create {Terminal.Clean(call.Get(_tenant))} --name main";

    private static Cell StateOf(JsonElement key)
    {
        if (key.Is("revoked"))
            return new Cell("revoked", Tone.Bad);
        return DateTimeOffset.TryParse(key.Text("expiresAt"), out var at) && at <= TimeProvider.System.GetUtcNow() ? new Cell("expired", Tone.Bad) : new Cell("in use", Tone.Good);
    }
}
