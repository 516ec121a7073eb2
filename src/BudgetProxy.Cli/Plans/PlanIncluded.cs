using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;

namespace BudgetProxy.Cli.Plans;

/// <summary>What a plan gives free each month, in a word: <c>50000requests</c>, <c>5usd</c>, <c>2Mtokens</c>.</summary>
internal static partial class PlanIncluded
{
    /// <summary>As the API takes it.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public static JsonObject Read(string text)
    {
        if (Form().Match(text.Trim()) is not { Success: true } found)
            throw CommandException.Misuse($"--included: '{text}' is not like 50000requests, 5usd or 2Mtokens.");
        var (kind, amount) = (found.Groups["kind"].Value, found.Groups["amount"].Value);
        return new JsonObject { [kind] = kind == "usd" ? QuantityText.Usd(amount) : QuantityText.Whole("--included", amount) };
    }

    /// <summary>Null = the plan includes nothing.</summary>
    public static string? Of(JsonElement plan) => plan.Usd("included.usd") is { } usd ? MoneyText.Of(usd)
        : plan.Whole("included.requests") is { } requests ? $"{requests:#,##0} requests"
        : plan.Whole("included.tokens") is { } tokens ? $"{tokens:#,##0} tokens"
        : null;

    [GeneratedRegex(@"^\$?(?<amount>[0-9][0-9._]*[kKMG]?) ?(?<kind>usd|requests|tokens)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Form();
}
