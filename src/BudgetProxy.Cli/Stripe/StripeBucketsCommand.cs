using System.CommandLine;
using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Stripe;

/// <summary><c>stripe buckets</c>.</summary>
internal sealed class StripeBucketsCommand : ListCommand
{
    private readonly Option<string?> _tenant = new("--tenant") { Description = "Only this tenant's", HelpName = "id" };
    private readonly Option<string?> _meter = new("--meter") { Description = "Only of the meter of this event name", HelpName = "event-name" };
    private readonly Option<string?> _state = new("--state") { Description = "Only in this state" };
    private readonly Option<string?> _by = new("--by") { Description = "What the period is about: the hour of settlement, or the timestamp of the event" };
    private readonly PeriodOptions _period = new();

    public StripeBucketsCommand()
        : base(
            "buckets", "Slices of usage, each of which is one event at Stripe, by tenant and hour",
            "budgetproxy stripe buckets --tenant acme --last 7d\nbudgetproxy stripe buckets --state parked", 100)
    {
        _state.AcceptOnlyFromAmong(BucketStates.All);
        _by.AcceptOnlyFromAmong("hour", "stamp");
        Takes(_tenant, _meter, _state, _by);
        Takes(_period.All);
        TakesPaging();
    }

    protected override IReadOnlyList<Column> Columns { get; } =
    [
        Column.Text("Tenant"), new Column("Hour (UTC)"), Column.Text("Meter"), Column.Number("USD"), Column.Number("Value"), new Column("State"), new Column("Stamp (UTC)"),
        Column.Number("Tries"), Column.Text("Why"), new Column("Id"),
    ];

    protected override AdminQuery Question(CommandCall call)
    {
        var (from, to) = _period.Read(call, TimeProvider.System.GetUtcNow());
        return AdminQuery.Of("exports", "stripe", "buckets").With("tenant", call.Get(_tenant)).With("meter", call.Get(_meter)).With("state", call.Get(_state))
            .With("from", PeriodOptions.Text(from)).With("to", PeriodOptions.Text(to)).With("by", call.Get(_by));
    }

    protected override IEnumerable<Cell[]> Rows(CommandCall call, JsonElement item)
    {
        var state = item.Text("state");
        yield return
        [
            Cell.Of(item.Text("tenant")), Cell.Time(item.Text("hour")), Cell.Of(item.Text("meter")), Cell.Money(item.Usd("amountUsd")), Cell.Of(item.Whole("value")),
            Cell.Of(state, BucketStates.ToneOf(state)), Cell.Time(item.Text("stamp")), Cell.Of(item.Whole("attempts")), Cell.Of(item.Text("error")), Cell.Of(item.Text("id")),
        ];
    }

    protected override string Nothing(CommandCall call) => "There are no such buckets.";
}
