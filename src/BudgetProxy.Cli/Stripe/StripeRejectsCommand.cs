using System.CommandLine;
using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Stripe;

/// <summary><c>stripe rejects</c>.</summary>
internal sealed class StripeRejectsCommand : ListCommand
{
    private readonly Option<string?> _tenant = new("--tenant") { Description = "Only what is known to be this tenant's", HelpName = "id" };
    private readonly Option<DateTimeOffset?> _since = new("--since") { Description = "Told on this date or at this instant, or later, UTC", HelpName = "2026-11-01", CustomParser = QuantityText.Instant };

    public StripeRejectsCommand()
        : base(
            "rejects", "Usage that Stripe took and threw away, as it told by webhook, newest first; it is on no invoice",
            "budgetproxy stripe rejects\nbudgetproxy stripe rejects --tenant acme --since 2026-11-01 --json", 100)
    {
        Takes(_tenant, _since);
        TakesPaging();
    }

    protected override IReadOnlyList<Column> Columns { get; } =
        [new Column("Told (UTC)"), new Column("Code"), Column.Number("Events"), Column.Text("Tenant"), Column.Text("Message"), new Column("Bucket")];

    protected override AdminQuery Question(CommandCall call) =>
        AdminQuery.Of("exports", "stripe", "rejects").With("tenant", call.Get(_tenant)).With("since", PeriodOptions.Text(call.Get(_since)));

    protected override IEnumerable<Cell[]> Rows(CommandCall call, JsonElement item) =>
    [
        [
            Cell.Time(item.Text("at")), Cell.Of(item.Text("code"), Tone.Bad), Cell.Of(item.Whole("count")), Cell.Of(item.Text("tenant")), Cell.Of(item.Text("message")),
            Cell.Of(item.Text("bucket") ?? item.Text("identifier") ?? "not named"),
        ],
    ];

    protected override string Nothing(CommandCall call) => "Stripe has told of nothing that it threw away.";
}
