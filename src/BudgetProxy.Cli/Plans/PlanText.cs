using System.Text.Json;
using BudgetProxy.Cli.Output;

namespace BudgetProxy.Cli.Plans;

/// <summary>Words for a plan.</summary>
internal static class PlanText
{
    /// <summary>A budget in a few words: <c>monthly $50.00/month</c>.</summary>
    public static string Short(JsonElement budget)
    {
        var limit = budget.Usd("limit.usd") is { } usd ? MoneyText.Of(usd)
            : budget.Usd("limit.chargedUsd") is { } charged ? MoneyText.Of(charged) + " charged"
            : budget.Whole("limit.requests") is { } requests ? $"{requests:#,##0} requests"
            : $"{budget.Whole("limit.tokens") ?? 0:#,##0} tokens";
        return $"{budget.Text("name")} {limit}/{budget.Text("window")}{(budget.Text("per") is { } per ? $" per {per}" : "")}";
    }

    public static void Write(Terminal terminal, JsonElement plan)
    {
        new Facts().Add("Plan", plan.Text("name"), Tone.Strong).Add("Tenants", plan.Text("tenants")).Add("Allowed models", plan.Joined("allowedModels") ?? "all")
            .Add("Most for one call", plan.Usd("maxCallUsd") is { } most ? MoneyText.Of(most) : null)
            .Add("Free each month", PlanIncluded.Of(plan)).Add("Billing", plan.Text("billing")).Write(terminal);
        var budgets = plan.Items("budgets").ToList();
        if (budgets.Count == 0)
            return;
        terminal.Line();
        new Table(terminal, [Column.Text("Budget"), new Column("Window"), Column.Number("Limit"), Column.Text("Per"), Column.Text("Match"), new Column("Mode"), new Column("Admission")])
            .Write([.. budgets.Select(Row)]);
    }

    private static Cell[] Row(JsonElement budget) =>
    [
        Cell.Of(budget.Text("name")), Cell.Of(budget.Text("window")), Cell.Amount(budget.Field("limit.usd") ?? budget.Field("limit.chargedUsd") ?? budget.Field("limit.requests") ?? budget.Field("limit.tokens")), Cell.Of(budget.Text("per")),
        Cell.Of(budget.Field("match") is { ValueKind: JsonValueKind.Object } match ? string.Join(", ", match.EnumerateObject().Select(one => $"{one.Name}={one.Value}")) : null),
        Cell.Of(budget.Text("mode")), Cell.Of(budget.Text("admission")),
    ];
}
