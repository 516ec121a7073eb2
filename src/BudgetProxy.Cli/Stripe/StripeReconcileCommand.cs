using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Stripe;

/// <summary><c>stripe reconcile</c>.</summary>
internal sealed class StripeReconcileCommand : ProxyCommand
{
    /// <summary>Each tenant of a page costs Stripe a read or more.</summary>
    private const int PageSize = 20;

    private readonly Argument<string?> _tenant = new("tenant") { Description = "Only this tenant, with those that share its customer", Arity = ArgumentArity.ZeroOrOne };
    private readonly PeriodOptions _period = new();
    private readonly Option<bool> _days = new("--days") { Description = "A line for each day, not only for those that differ" };

    public StripeReconcileCommand()
        : base(
            "reconcile", "What was used and sent against what Stripe has, by customer and UTC day; exit code 1 where they differ, and not only for Stripe's being late",
            """
            budgetproxy stripe reconcile
            budgetproxy stripe reconcile acme --month --days
            budgetproxy stripe reconcile --from 2026-11-01 --to 2026-11-15 --json
            """)
    {
        Takes(_tenant);
        Takes(_period.All);
        Takes(_days);
    }

    protected override TimeSpan? UsualPatience => TimeSpan.FromMinutes(5);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var (from, to) = _period.Read(call, TimeProvider.System.GetUtcNow());
        var question = AdminQuery.Of("exports", "stripe", "reconciliation").With("tenant", call.Parsed.GetValue(_tenant)).With("from", Day(from)).With("to", DayAfter(to));
        var seen = new Seen();
        var pages = seen.Through(call.Client.PagesAsync(question, null, PageSize, null, cancellationToken), cancellationToken);
        if (call.Json)
            await JsonText.PrintAsync(pages, cancellationToken);
        else
            await WriteAsync(call, pages, seen, cancellationToken);
        return seen.Differs ? ExitCode.Failed : ExitCode.Done;
    }

    private async Task WriteAsync(CommandCall call, IAsyncEnumerable<AdminPage> pages, Seen seen, CancellationToken cancellationToken)
    {
        var table = new Table(call.Terminal,
        [
            Column.Text("Tenant"), Column.Text("Customer"), Column.Text("Meter"), new Column("Day (UTC)"), Column.Number("Used"), Column.Number("Billable"), Column.Number("Sent"),
            Column.Number("Waiting"), Column.Number("Stripe has"), Column.Number("Drift"),
        ]);
        var explained = new List<string>();
        await foreach (var page in pages.WithCancellation(cancellationToken))
        {
            table.Write([.. page.Items.SelectMany(item => Rows(item, call.Get(_days)))]);
            explained.AddRange(page.Items.SelectMany(Explained));
        }

        if (seen.Items == 0)
        {
            call.Terminal.Line("Nothing was sent, or waits to be, in this time.");
            return;
        }

        call.Terminal.Line();
        foreach (var line in explained)
            call.Terminal.Wrapped(Terminal.Clean(line), 4);
        call.Terminal.Line(
            seen.Differs ? "Stripe has other than what was sent." : seen.DiffersRecently ? "What differs is of the last hours: Stripe adds up late." : "Stripe has what was sent, to the micro-dollar.",
            seen.Differs ? Tone.Bad : seen.DiffersRecently ? Tone.Warning : Tone.Good);
    }

    private static IEnumerable<Cell[]> Rows(JsonElement item, bool all)
    {
        yield return Row(item, "all", item.Field("totals") ?? default);
        foreach (var day in item.Items("days"))
        {
            if (all || day.Number("driftMicroUsd") is { } drift && drift != 0)
                yield return Row(item, day.Text("day") ?? "", day);
        }
    }

    private static Cell[] Row(JsonElement item, string day, JsonElement sums)
    {
        var drift = sums.Number("driftMicroUsd");
        return
        [
            Cell.Of(item.Text("tenant")), Cell.Of(item.Text("customer")), Cell.Of(item.Text("meter")), Cell.Of(day), Cell.Money(sums.Usd("ledgerUsd")), Cell.Money(sums.Usd("billableUsd")),
            Cell.Of(sums.Whole("sentMicroUsd")), Cell.Of(sums.Whole("waitingMicroUsd")), Number(sums.Number("stripeMicroUsd")), Number(drift, drift is null or 0 ? Tone.Plain : Tone.Bad),
        ];
    }

    /// <summary>What would explain a difference, hour by hour.</summary>
    private static IEnumerable<string> Explained(JsonElement item)
    {
        if (item.Text("problem") is { } problem)
            yield return $"{item.Text("tenant")}: Stripe says of {item.Text("customer")}: {problem}";
        foreach (var hour in item.Items("days").SelectMany(day => day.Items("hours")))
        {
            var named = hour.Items("buckets").Where(bucket => bucket.Is("explains")).Select(bucket => $"{bucket.Text("id")} ({bucket.Text("state")}, {bucket.Text("value")})").ToList();
            yield return $"{item.Text("tenant")}, {item.Text("meter")}, {Cell.Time(hour.Text("hour")).Text}: sent {hour.Text("sentMicroUsd")}, Stripe has {hour.Text("stripeMicroUsd")}; "
                + (named.Count > 0 ? $"the difference is that of bucket {string.Join(" or ", named)}; where Stripe has it not: budgetproxy stripe resend ID." : $"{hour.Items("buckets").Count()} buckets are stamped in that hour, and no one of them is the difference.");
        }
    }

    private static Cell Number(decimal? number, Tone tone = Tone.Plain) => Cell.Of(number?.ToString("#,##0.######", CultureInfo.InvariantCulture), tone);

    private static string? Day(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Whole days: one that the period reaches into belongs to it, and of those to come there is nothing yet.</summary>
    private static string? DayAfter(DateTimeOffset? at)
    {
        if (at is not { } to)
            return null;
        var tomorrow = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
        var day = to.UtcDateTime.TimeOfDay == TimeSpan.Zero ? to : new DateTimeOffset(to.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
        return Day(day < tomorrow ? day : tomorrow);
    }
}
