using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Plans;

/// <summary>Reads a budget from a few words: <c>monthly=50usd/month,per=user</c>.</summary>
internal static partial class PlanBudget
{
    /// <summary>Changes what the words name of the budget of that name, and leaves the rest of it; one that is not there yet comes after the others.</summary>
    /// <exception cref="CommandException">The words are none.</exception>
    public static void Set(JsonArray budgets, string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        if (Head().Match(parts[0]) is not { Success: true } head)
            throw CommandException.Misuse($"--budget: '{text}' is not like monthly=50usd/month, bursts=100requests/minute,per=user or trial=2Mtokens/lifetime.");
        var (name, kind, amount) = (head.Groups["name"].Value, head.Groups["kind"].Value, head.Groups["amount"].Value);
        var budget = budgets.OfType<JsonObject>().FirstOrDefault(known => known["name"]?.ToString() == name);
        if (budget is null)
            budgets.Add(budget = new JsonObject { ["name"] = name });
        budget["limit"] = new JsonObject { [kind] = kind is "usd" or "chargedUsd" ? QuantityText.Usd(amount) : QuantityText.Whole("--budget", amount) };
        budget["window"] = head.Groups["window"].Value;
        var (match, alerts) = (new JsonObject(), new JsonArray());
        foreach (var part in parts.Skip(1))
            SetMore(budget, match, alerts, part, text);
        // As with `budgets set`, conditions and alerts that are named are all there are.
        if (match.Count > 0)
            budget["match"] = match;
        if (alerts.Count > 0)
            budget["alertAt"] = alerts;
    }

    private static void SetMore(JsonObject budget, JsonObject match, JsonArray alerts, string part, string text)
    {
        if (part.Split('=', 2) is not [var key, var value])
            throw CommandException.Misuse($"--budget: '{part}' in '{text}' is not like per=user.");
        if (Field(key) is not { } field)
            throw CommandException.Misuse($"--budget: '{key}' in '{text}' is none of per, match, mode, admission, timezone, alert.");
        if (value.Length == 0)
            budget.Remove(field);
        else if (key == "alert")
            alerts.Add(JsonValue.Create(value));
        else if (key != "match")
            budget[field] = value;
        else if (value.LastIndexOf(':') is > 0 and var colon)
            match[value[..colon]] = value[(colon + 1)..];
        else
            throw CommandException.Misuse($"--budget: '{part}' in '{text}' is not like match=model:gpt-4o*.");
    }

    private static string? Field(string key) => key switch
    {
        "alert" => "alertAt",
        "match" or "per" or "mode" or "admission" or "timezone" => key,
        _ => null,
    };

    [GeneratedRegex(@"^(?<name>[^=]+)=\$?(?<amount>[0-9][0-9._]*[kKMG]?) ?(?<kind>usd|chargedUsd|requests|tokens)/(?<window>.+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Head();
}
