using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Cli.Statements;

/// <summary><c>statements show</c>.</summary>
internal sealed class StatementShowCommand : ProxyCommand
{
    private readonly StatementOptions _which = new();

    public StatementShowCommand()
        : base(
            "show", "One month of a tenant: by model, user and project",
            """
            budgetproxy statements show acme
            budgetproxy statements show acme 2026-11 --for us
            budgetproxy statements show acme 2026-11 --json
            """) => Takes(_which.All);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var statement = (await call.Client.GetAsync(_which.Question(call), cancellationToken)).Json;
        if (call.Json)
        {
            JsonText.Print(statement);
            return ExitCode.Done;
        }

        var facts = new Facts().Add("Tenant", statement.Text("tenant")).Add("Name", statement.Text("name"))
            .Add("Month", $"{statement.Text("month")}, UTC{(statement.Is("soFar") ? ", so far" : "")}").Add("Charged", Exact(statement, "total.chargedUsd"));
        if (_which.IsForUs(call))
            facts.Add("Cost", Exact(statement, "total.costUsd")).Add("Markup", Exact(statement, "total.markupUsd"));
        facts.Add("Calls", Cell.Of(statement.Whole("total.calls")).Text);
        if (statement.Whole("total.corrections") is > 0 and var corrections)
            facts.Add("Corrections", $"{corrections:#,##0}, {Exact(statement, "corrections.chargedUsd")}, in the sums");
        AddBilling(facts, statement);
        facts.Write(call.Terminal);
        foreach (var (list, head) in new[] { ("models", "Model"), ("users", "User"), ("projects", "Project") })
            Write(call, [.. statement.Items(list)], head);
        return ExitCode.Done;
    }

    /// <summary>What becomes of what is charged; only what there is.</summary>
    private static void AddBilling(Facts facts, JsonElement statement)
    {
        foreach (var (head, path) in new[]
        {
            ("Before billing", "billing.beforeUsd"), ("Included", "billing.includedUsd"), ("Paid before", "billing.prepaidUsd"), ("To be billed", "billing.billableUsd"),
        })
            AddAmount(facts, head, statement.Usd(path));
        foreach (var (head, path) in new[]
        {
            ("Sent to Stripe", "billing.stripe.sentMicroUsd"), ("Waits to be sent", "billing.stripe.waitingMicroUsd"), ("Given up", "billing.stripe.writtenOffMicroUsd"),
        })
            AddAmount(facts, head, statement.Whole(path) is { } micros ? NanoUsd.Cut((Int128)micros * 1_000) : null);
        AddAmount(facts, "Not cut yet", statement.Usd("billing.stripe.notCutUsd"));
        AddAmount(facts, "Rounding", statement.Usd("billing.stripe.roundingUsd"));
    }

    private static void AddAmount(Facts facts, string head, NanoUsd? amount)
    {
        if (amount is { } there && there != NanoUsd.Zero)
            facts.Add(head, Exact(there));
    }

    private void Write(CommandCall call, List<JsonElement> lines, string head)
    {
        if (lines.Count == 0 || (lines.Count == 1 && lines[0].Text("name") is null))
            return;
        call.Terminal.Line();
        var us = _which.IsForUs(call);
        var money = us ? new[] { Column.Number("Cost"), Column.Number("Markup"), Column.Number("Charged") } : [Column.Number("Charged")];
        new Table(call.Terminal, [Column.Text(head), Column.Number("Calls"), Column.Number("Input"), Column.Number("Cached"), Column.Number("Output"), .. money]).Write(
        [
            .. lines.Select(line => (Cell[])
            [
                Cell.Of(line.Text("name")), Cell.Of(line.Whole("sums.calls")),
                Cell.Of(Tokens(line, "input") + Tokens(line, "cachedInput") + Tokens(line, "cacheWriteShort") + Tokens(line, "cacheWriteLong")),
                Cell.Of(Tokens(line, "cachedInput")), Cell.Of(Tokens(line, "output")),
                .. us ? new[] { Cell.Money(line.Usd("sums.costUsd")), Cell.Money(line.Usd("sums.markupUsd")) } : [], Cell.Money(line.Usd("sums.chargedUsd")),
            ]),
        ]);
    }

    private static long Tokens(JsonElement line, string bucket) => line.Whole("sums.tokens." + bucket) ?? 0;

    /// <summary>To the nano-dollar: it is what an invoice is checked against.</summary>
    private static string Exact(JsonElement statement, string path) => statement.Usd(path) is { } amount ? Exact(amount) : "-";

    private static string Exact(NanoUsd amount) => (amount.Value < 0 ? "-$" : "$") + amount.ToBalance().TrimStart('-');
}
