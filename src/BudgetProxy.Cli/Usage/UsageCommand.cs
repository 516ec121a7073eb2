using System.CommandLine;
using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Usage;

/// <summary><c>budgetproxy usage</c>: totals of the ledger.</summary>
internal sealed class UsageCommand : ProxyCommand
{
    private static readonly string[] Groups = ["tenant", "user", "project", "key", "model", "day"];

    private readonly Option<string?> _tenant = new("--tenant") { Description = "Only this tenant", HelpName = "id" };
    private readonly Option<string?> _user = new("--user") { Description = "Only this user", HelpName = "id" };
    private readonly Option<string?> _project = new("--project") { Description = "Only this project", HelpName = "id" };
    private readonly Option<string?> _model = new("--model") { Description = "Only this model", HelpName = "id" };
    private readonly Option<string> _groupBy = new("--group-by", "-g") { Description = "tenant, user, project, key, model, day; several with commas", HelpName = "tenant,model", DefaultValueFactory = _ => "tenant" };
    private readonly Option<long?> _top = new("--top") { Description = "Only the dearest so many; the total stays that of all", HelpName = "n", CustomParser = QuantityText.Count };
    private readonly Option<bool> _csv = new("--csv") { Description = "CSV, as the API gives it" };
    private readonly PeriodOptions _period = new();

    public UsageCommand()
        : base(
            "usage", "What was used and what it cost, this month where no period is named",
            """
            budgetproxy usage
            budgetproxy usage --last 7d --group-by day
            budgetproxy usage --month 2026-11 --tenant acme --group-by user,model --top 20
            budgetproxy usage --from 2026-11-01 --to 2026-12-01 --csv > november.csv
            """)
    {
        _groupBy.CompletionSources.Add(Groups);
        Takes(_tenant, _user, _project, _model, _groupBy, _top);
        Takes(_period.All);
        Takes(_csv);
    }

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        if (call.Json && call.Get(_csv))
            throw CommandException.Misuse("--json and --csv: give one of the two.");
        var now = TimeProvider.System.GetUtcNow();
        var (from, to) = _period.Read(call, now);
        if (from is null && to is null)
            from = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        var question = AdminQuery.Of("usage").With("tenant", call.Get(_tenant)).With("user", call.Get(_user)).With("project", call.Get(_project)).With("model", call.Get(_model))
            .With("from", PeriodOptions.Text(from)).With("to", PeriodOptions.Text(to)).With("groupBy", call.Get(_groupBy));
        if (call.Get(_csv))
        {
            using var response = await call.Client.OpenAsync(question.With("format", "csv"), cancellationToken);
            await using var output = Console.OpenStandardOutput();
            await response.Content.CopyToAsync(output, cancellationToken);
            return ExitCode.Done;
        }

        var answer = (await call.Client.GetAsync(question, cancellationToken)).Json;
        if (call.Json)
            JsonText.Print(answer);
        else
            Write(call, [.. answer.Items("items")], $"{Shown(from) ?? "the beginning"} to {Shown(to) ?? "now"} (UTC)");
        return ExitCode.Done;
    }

    private void Write(CommandCall call, List<JsonElement> items, string period)
    {
        call.Terminal.Dim($"Usage from {period}");
        if (items.Count == 0)
        {
            call.Terminal.Line("Nothing was used in this time.");
            return;
        }

        var groups = Groups.Where(group => call.Get(_groupBy)!.Split(',', StringSplitOptions.TrimEntries).Contains(group)).ToList();
        var rows = groups.Contains("day")
            ? items.OrderBy(item => item.Text("day"), StringComparer.Ordinal).ThenByDescending(Cost).ToList()
            : items.OrderByDescending(Cost).ToList();
        if (call.Get(_top) is { } top && top < rows.Count)
            rows = [.. rows.OrderByDescending(Cost).Take((int)top)];
        var heads = groups.Select(group => Column.Text(char.ToUpperInvariant(group[0]) + group[1..])).ToList();
        if (heads.Count == 0)
            heads.Add(Column.Text(""));
        var table = new Table(
            call.Terminal,
            [.. heads, Column.Number("Requests"), Column.Number("Input"), Column.Number("Cached"), Column.Number("Output"), Column.Number("Cost"), Column.Number("Charged"), Column.Number("Share")]);
        var total = items.Sum(Cost);
        var width = heads.Count - 1;
        table.Write(
            [.. rows.Select(item => Row([.. groups.Select(group => Cell.Of(item.Text(group))).DefaultIfEmpty(new Cell("all"))], [item], total))],
            rows.Count == 1 && items.Count == 1 ? null : Row([new Cell("Total", Tone.Strong), .. Enumerable.Repeat(new Cell(""), width)], items, total));
        if (rows.Count < items.Count)
            call.Terminal.Dim($"The dearest {rows.Count:#,##0} of {items.Count:#,##0}; the total is of all.");
    }

    private static Cell[] Row(Cell[] names, List<JsonElement> items, decimal total) =>
    [
        .. names, Cell.Of(Sum(items, "requests")),
        Cell.Of(Sum(items, "tokens.input") + Sum(items, "tokens.cachedInput") + Sum(items, "tokens.cacheWriteShort") + Sum(items, "tokens.cacheWriteLong")),
        Cell.Of(Sum(items, "tokens.cachedInput")), Cell.Of(Sum(items, "tokens.output")), Cell.Money(Money(items, "costUsd")), Cell.Money(Money(items, "chargedUsd")),
        total > 0 ? new Cell($"{100 * items.Sum(Cost) / total:0.0} %") : new Cell("-"),
    ];

    private static decimal Cost(JsonElement item) => item.Number("costUsd") ?? 0;

    private static long Sum(List<JsonElement> items, string path) => items.Sum(item => item.Whole(path) ?? 0);

    private static Core.Money.NanoUsd Money(List<JsonElement> items, string path) =>
        items.Select(item => item.Usd(path) ?? Core.Money.NanoUsd.Zero).Aggregate(Core.Money.NanoUsd.Zero, (sum, one) => sum + one);

    private static string? Shown(DateTimeOffset? at) => PeriodOptions.Text(at)?[..16].Replace('T', ' ');
}
