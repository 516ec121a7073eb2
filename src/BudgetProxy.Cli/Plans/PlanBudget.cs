using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Plans;

/// <summary>Reads a budget from a few words: <c>monthly=50usd/month,per=user</c>.</summary>
internal static partial class PlanBudget
{
    private static readonly string[] Plain = ["per", "mode", "admission", "timezone"];

    /// <summary>Puts the budget in place of the one of its name, or after the others.</summary>
    /// <exception cref="CommandException">The words are none.</exception>
    public static void Set(JsonArray budgets, string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        if (Head().Match(parts[0]) is not { Success: true } head)
            throw CommandException.Misuse($"--budget: '{text}' is not like monthly=50usd/month, bursts=100requests/minute,per=user or trial=2Mtokens/lifetime.");
        var kind = head.Groups["kind"].Value;
        var amount = head.Groups["amount"].Value;
        var budget = new JsonObject
        {
            ["name"] = head.Groups["name"].Value,
            ["limit"] = new JsonObject { [kind] = kind == "usd" ? QuantityText.Usd(amount) : QuantityText.Whole("--budget", amount) },
            ["window"] = head.Groups["window"].Value,
        };
        foreach (var part in parts.Skip(1))
            SetMore(budget, part, text);
        for (var i = 0; i < budgets.Count; i++)
        {
            if (budgets[i]?["name"]?.ToString() == budget["name"]!.ToString())
            {
                budgets[i] = budget;
                return;
            }
        }

        budgets.Add(budget);
    }

    private static void SetMore(JsonObject budget, string part, string text)
    {
        if (part.Split('=', 2) is not [var key, { Length: > 0 } value])
            throw CommandException.Misuse($"--budget: '{part}' in '{text}' is not like per=user.");
        if (Plain.Contains(key))
            budget[key] = value;
        else if (key == "match" && value.LastIndexOf(':') is > 0 and var colon)
            (budget["match"] as JsonObject ?? (JsonObject)(budget["match"] = new JsonObject()))[value[..colon]] = value[(colon + 1)..];
        else if (key == "alert")
            (budget["alertAt"] as JsonArray ?? (JsonArray)(budget["alertAt"] = new JsonArray())).Add(JsonValue.Create(value));
        else
            throw CommandException.Misuse($"--budget: '{key}' in '{text}' is none of per, match, mode, admission, timezone, alert.");
    }

    [GeneratedRegex(@"^(?<name>[^=]+)=\$?(?<amount>[0-9][0-9._]*[kKMG]?) ?(?<kind>usd|requests|tokens)/(?<window>.+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Head();
}
