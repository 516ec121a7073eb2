using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.AdminKeys;

/// <summary><c>admin-keys list</c>.</summary>
internal sealed class AdminKeysListCommand : ListCommand
{
    public AdminKeysListCommand()
        : base("list", "All admin keys", "budgetproxy admin-keys list\nbudgetproxy admin-keys list --json") => TakesPaging();

    protected override IReadOnlyList<Column> Columns { get; } = [new Column("Id"), Column.Text("Name"), new Column("Role"), new Column("Key"), new Column("Made (UTC)")];

    protected override AdminQuery Question(CommandCall call) => AdminQuery.Of("admin-keys");

    protected override IEnumerable<Cell[]> Rows(CommandCall call, JsonElement item) =>
        [[Cell.Of(item.Text("id")), Cell.Of(item.Text("name")), Cell.Of(item.Text("role")), Cell.Of(item.Text("prefix") + "…"), Cell.Time(item.Text("createdAt"))]];

    protected override string Nothing(CommandCall call) => "There are no admin keys.";
}
