using System.CommandLine;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Rates;

/// <summary><c>rates set</c>: a new row that follows the one in force.</summary>
internal sealed class RateSetCommand : ProxyCommand
{
    private static readonly string[] OnlyShown = ["id", "provider", "model", "tenant", "effectiveFrom", "ofList", "origin", "addedBy", "addedAt", "note", "sources", "confidence", "notes"];

    private readonly Argument<string> _model = Named.Of("model", "The model as provider/id: openai/gpt-4o-mini");
    private readonly Option<string> _tier = new("--tier") { Description = "Whose prices --input to --cache-write-long are", DefaultValueFactory = _ => "standard" };
    private readonly Option<string?> _tenant = new("--tenant") { Description = "Only for this tenant's calls", HelpName = "id" };
    private readonly Option<string?> _share = new("--percent-of-list") { Description = "With --tenant: so much of the list price, in place of prices", HelpName = "80" };
    private readonly Option<DateTimeOffset?> _from = new("--from") { Description = "From when; now, where left out", HelpName = "2026-12-01", CustomParser = QuantityText.Instant };
    private readonly Option<string?> _file = new("--file") { Description = "The row as JSON, in the form of `rates list --json`; - is standard input", HelpName = "file" };

    public RateSetCommand()
        : base(
            "set", "Adds a price: what is not named stays as in the row in force. Calls that are booked keep their price, see rates rerate",
            """
            budgetproxy rates set openai/gpt-4o-mini --input 0.15 --output 0.60 --from 2026-12-01
            budgetproxy rates set anthropic/claude-sonnet-4-5 --tier batch --input 1.50 --output 7.50 --source https://example.com/prices
            budgetproxy rates set openai/gpt-4o-mini --tenant acme --percent-of-list 80
            """)
    {
        _tier.AcceptOnlyFromAmong("standard", "batch", "flex", "fast");
        foreach (var (name, field, what) in new[]
        {
            ("--input", "input", "a million input tokens"), ("--output", "output", "a million output tokens"), ("--cached-input", "cachedInput", "a million tokens read from the cache"),
            ("--cache-write", "cacheWriteShort", "a million tokens written to the cache"), ("--cache-write-long", "cacheWriteLong", "a million tokens written to the cache for the longer time"),
        })
        {
            Fields.Add(new Option<string?>(name) { Description = $"USD for {what}; empty = no price of its own", HelpName = "0.15" }, field, text => QuantityText.Usd(text));
        }

        Takes(_model);
        TakesFields();
        Takes(_tier, _from, _tenant, _share, _file);
        var more = new FieldOptions().List("--source", "sources", "Where the price was read", "url").Text("--notes", "notes", "A note for later", "text");
        Takes([.. more.Options]);
        _more = more;
    }

    private readonly FieldOptions _more;

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var (provider, model) = Split(call.Get(_model));
        var tenant = call.Get(_tenant);
        JsonObject body;
        if (call.Get(_file) is { } file)
            body = JsonFile.Read("--file", file);
        else if (call.Get(_share) is { } share)
            body = new JsonObject { ["percentOfList"] = share.TrimEnd('%', ' ') };
        else
            body = await FollowedAsync(call, provider, model, tenant, cancellationToken);
        _more.Apply(call.Parsed, body);
        if (PeriodOptions.Text(call.Get(_from)) is { } from)
            body["effectiveFrom"] = from;
        var path = tenant is null ? AdminQuery.Path("rates", provider, model) : AdminQuery.Path("tenants", tenant, "rates", provider, model);
        var row = (await call.Client.PutAsync(path, body, null, cancellationToken)).Json;
        if (call.Json)
        {
            JsonText.Print(row);
            return ExitCode.Done;
        }

        new Table(call.Terminal, RateRows.Columns).Write([.. RateRows.Of(row)]);
        if (row.Text("note") is { } note)
            call.Terminal.Wrapped(note, 2);
        return ExitCode.Done;
    }

    /// <summary>The row in force, with the prices that were named in place of its own.</summary>
    private async Task<JsonObject> FollowedAsync(CommandCall call, string provider, string model, string? tenant, CancellationToken cancellationToken)
    {
        AdminQuery Rows() => AdminQuery.Of("rates").With("provider", provider).With("model", model).With("at", PeriodOptions.Text(call.Get(_from)));
        var rows = (await call.Client.GetAsync(Rows().With("tenant", tenant), cancellationToken)).Json.Items("items").ToList();
        if (rows.Count == 0 && tenant is not null)
            rows = [.. (await call.Client.GetAsync(Rows(), cancellationToken)).Json.Items("items")];
        var body = new JsonObject();
        if (rows.Count > 0 && rows[0].Text("model") == model)
        {
            body = JsonObject.Create(rows[0])!;
            foreach (var name in OnlyShown)
                body.Remove(name);
        }

        var tiers = body["usdPerMillion"] as JsonObject ?? [];
        var tier = call.Get(_tier)!;
        var prices = tiers[tier] as JsonObject ?? [];
        if (!Fields.Apply(call.Parsed, prices))
            throw CommandException.Misuse("Name at least one price: --input, --output, --cached-input, --cache-write, --cache-write-long, --percent-of-list or --file.");
        prices.Parent?.AsObject().Remove(tier);
        tiers[tier] = prices;
        tiers.Parent?.AsObject().Remove("usdPerMillion");
        body["usdPerMillion"] = tiers;
        return body;
    }

    private static (string Provider, string Model) Split(string text) => text.Split('/', 2) is [{ Length: > 0 } provider, { Length: > 0 } model]
        ? (provider, model)
        : throw CommandException.Misuse($"<model>: '{text}' is not like openai/gpt-4o-mini.");
}
