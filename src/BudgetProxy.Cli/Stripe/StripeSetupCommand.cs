using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Stripe;

/// <summary><c>stripe setup</c>.</summary>
internal sealed class StripeSetupCommand : ProxyCommand
{
    private readonly Option<bool> _plan = new("--plan") { Description = "Only show what would be done; exit code 7 where that is something" };
    private readonly Option<bool> _customers = new("--create-customers") { Description = "Make a customer at Stripe for each tenant that has none" };
    private readonly Option<string?> _markup = new("--markup-percent") { Description = "Markup of the price; where the proxy's BudgetProxy__Stripe__Markup is price", HelpName = "20" };
    private readonly Option<string?> _unit = new("--second-unit-cents") { Description = "US cents for one unit of the second meter; left out = it gets no price", HelpName = "0.0002" };

    public StripeSetupCommand()
        : base(
            "setup", "Makes or checks meter, product and price at Stripe, and links tenants to customers; a second run changes nothing",
            """
            budgetproxy stripe setup --plan
            budgetproxy stripe setup
            budgetproxy stripe setup --create-customers
            """) => Takes(_plan, _customers, _markup, _unit);

    /// <summary>Stripe takes its time over many customers.</summary>
    protected override TimeSpan? UsualPatience => TimeSpan.FromMinutes(10);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var body = new JsonObject();
        if (call.Get(_customers))
            body["createCustomers"] = true;
        if (call.Get(_markup) is { } markup)
            body["markupPercent"] = QuantityOf(markup);
        if (call.Get(_unit) is { } unit)
            body["secondUnitCents"] = unit;
        var path = AdminQuery.Of("exports", "stripe", "setup").With("plan", call.Get(_plan)).ToString();
        var report = (await call.Client.PostAsync(path, body, cancellationToken)).Json;
        if (call.Json)
            JsonText.Print(report);
        else
            report = await ShowAsync(call, path, body, report, cancellationToken);
        if (!report.Is("ok"))
            return ExitCode.Failed;
        return report.Is("plan") && report.Is("changed") ? ExitCode.Pending : ExitCode.Done;
    }

    /// <summary>Shows it, and goes on while customers are still to be made: one call makes some hundreds.</summary>
    private static async Task<JsonElement> ShowAsync(CommandCall call, string path, JsonObject body, JsonElement report, CancellationToken cancellationToken)
    {
        var table = new Table(call.Terminal, [new Column("What"), Column.Text("Name"), new Column("Outcome"), Column.Text("At Stripe")]);
        var changed = report.Is("changed");
        Write(call, table, report, all: true);
        while (report.Is("ok") && report.Whole("remaining") is > 0 and var remaining)
        {
            using (var progress = new ProgressLine("customers to go", 0))
            {
                if (ProgressLine.IsWanted)
                    progress.Show(remaining);
                report = (await call.Client.PostAsync(path, body.DeepClone().AsObject(), cancellationToken)).Json;
            }

            Write(call, table, report, all: false);
        }

        call.Terminal.Line();
        call.Terminal.Wrapped(InWords(report, changed), 2);
        return report;
    }

    private static void Write(CommandCall call, Table table, JsonElement report, bool all)
    {
        var steps = report.Items("steps").Where(step => all || step.Text("outcome") != "kept").ToList();
        table.Write(
        [
            .. steps.Select(step => new[]
            {
                Cell.Of(step.Text("kind")), Cell.Of(step.Text("name")), Cell.Of(step.Text("outcome"), ToneOf(step.Text("outcome"))), Cell.Of(step.Text("id")),
            }),
        ]);
        foreach (var step in steps.Where(step => step.Text("detail") is not null))
            call.Terminal.Wrapped($"  {step.Text("kind")} {Terminal.Clean(step.Text("name") ?? "")}: {Terminal.Clean(step.Text("detail") ?? "")}", 4);
    }

    private static string InWords(JsonElement report, bool changed)
    {
        var (linked, unlinked) = (report.Whole("linkedBefore") ?? 0, report.Whole("unlinked") ?? 0);
        var tenants = $"{linked:#,##0} {(linked == 1 ? "tenant was" : "tenants were")} linked before"
            + (unlinked > 0 ? $"; {unlinked:#,##0} have no customer, and their usage waits: --create-customers, or budgetproxy tenants set ID --stripe-customer cus_…" : "") + ".";
        var end = !report.Is("ok") ? "Not all is as it must be: see above."
            : report.Is("plan") ? (changed ? "That is the plan; nothing was done." : "All is there: there is nothing to do.")
            : changed ? "Done." : "All is there: nothing was changed.";
        return $"{end} {tenants}";
    }

    private static Tone ToneOf(string? outcome) => outcome switch { "kept" => Tone.Dim, "differs" or "failed" => Tone.Bad, "create" or "link" => Tone.Warning, _ => Tone.Good };

    private static JsonValue QuantityOf(string text) =>
        decimal.TryParse(text.TrimEnd('%'), System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var percent)
            ? JsonValue.Create(percent)
            : throw CommandException.Misuse($"--markup-percent: '{text}' is not a number such as 20 or 12.5.");
}
