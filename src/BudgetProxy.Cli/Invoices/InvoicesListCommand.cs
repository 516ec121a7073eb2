using System.CommandLine;
using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Invoices;

/// <summary><c>invoices list</c>.</summary>
internal sealed class InvoicesListCommand : ListCommand
{
    private readonly Option<string?> _provider = new("--provider") { Description = "Only this provider's", HelpName = "openai" };

    public InvoicesListCommand()
        : base("list", "Imported invoices, by the days that they cover", "budgetproxy invoices list\nbudgetproxy invoices list --provider anthropic --json")
    {
        Takes(_provider);
        TakesPaging();
    }

    protected override IReadOnlyList<Column> Columns { get; } =
        [Column.Text("Invoice"), new Column("From"), new Column("To"), Column.Number("Rows"), Column.Number("Billed"), new Column("Imported (UTC)"), Column.Text("By")];

    protected override AdminQuery Question(CommandCall call) => AdminQuery.Of("invoices").With("provider", call.Get(_provider));

    protected override IEnumerable<Cell[]> Rows(CommandCall call, JsonElement item) =>
    [
        [
            Cell.Of(item.Text("id")), Cell.Of(item.Text("from")), Cell.Of(item.Text("to")), Cell.Of(item.Whole("rows")), Cell.Money(item.Usd("costUsd")),
            Cell.Time(item.Text("importedAt")), Cell.Of(item.Text("importedBy")),
        ],
    ];

    protected override string Nothing(CommandCall call) => "No invoice was imported. Import one: budgetproxy invoices import openai costs.csv";
}
