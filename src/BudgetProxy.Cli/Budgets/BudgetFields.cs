using System.CommandLine;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Budgets;

/// <summary>The options that define a budget.</summary>
internal static class BudgetFields
{
    private static readonly string[] Limits = ["--usd", "--charged-usd", "--requests", "--tokens"];

    public static void AddTo(FieldOptions fields)
    {
        var usd = new Option<string?>("--usd") { Description = "The limit in USD", HelpName = "50.00" };
        fields.Add(usd, "limit.usd", text => QuantityText.Usd(text), (body, value) => body["limit"] = new JsonObject { ["usd"] = value });
        var charged = new Option<string?>("--charged-usd") { Description = "The limit in USD of what the customer is charged, its markup included", HelpName = "50.00" };
        fields.Add(charged, "limit.chargedUsd", text => QuantityText.Usd(text), (body, value) => body["limit"] = new JsonObject { ["chargedUsd"] = value });
        Limit(fields, "requests", "The limit in calls");
        Limit(fields, "tokens", "The limit in tokens");
        var window = new Option<string?>("--window") { Description = "minute, hour, day, week, month, quarter, year, lifetime, or rolling:P30D", HelpName = "month" };
        window.CompletionSources.Add("minute", "hour", "day", "week", "month", "quarter", "year", "lifetime", "rolling:P30D", "rolling:PT1H");
        fields.Add(window, "window", text => text)
            .Text("--per", "per", "One counter for each user, project, key, model, run or tag:{name}", "user")
            .Add(Match(out var match))
            .Text("--timezone", "timezone", "IANA zone in which its windows begin; the tenant's, where it is empty", "Europe/Berlin")
            .Choice("--mode", "mode", "shadow only records what it would refuse", "enforce", "shadow")
            .Choice("--admission", "admission", "What must fit: the worst case, the worst case with a lowered output limit, or what is expected", "strict", "clamp", "expected")
            .Numbers("--alert-at", "alertAt", "Shares of the limit at which to alert", "0.5,0.8,1");
        match.Description = "Count only calls that have this: user, project, key, model, provider or tag:{name}; may be given again; empty = all calls";
    }

    public static void RefuseTwoLimits(CommandCall call)
    {
        var given = call.Parsed.CommandResult.Command.Options.Where(option => Limits.Contains(option.Name) && call.Parsed.GetResult(option) is not null).Select(option => option.Name).ToList();
        if (given.Count > 1)
            throw CommandException.Misuse($"{string.Join(", ", given)}: a budget has one limit.");
    }

    private static void Limit(FieldOptions fields, string kind, string description)
    {
        var option = new Option<long?>("--" + kind) { Description = description, HelpName = "10k", CustomParser = QuantityText.Count };
        fields.Add(new FieldOption(option, "limit." + kind, parsed => JsonValue.Create(parsed.GetValue(option)), (body, value) => body["limit"] = new JsonObject { [kind] = value }));
    }

    private static FieldOption Match(out Option<string[]> option)
    {
        var match = new Option<string[]>("--match") { HelpName = "model=gpt-4o*" };
        option = match;
        return new FieldOption(match, "match", parsed => Conditions(parsed.GetValue(match) ?? []), (body, value) => body["match"] = value);
    }

    private static JsonObject Conditions(string[] texts)
    {
        var conditions = new JsonObject();
        foreach (var text in texts.Where(text => text.Length > 0))
        {
            if (text.Split('=', 2) is not [{ Length: > 0 } what, { Length: > 0 } pattern])
                throw CommandException.Misuse($"--match: '{text}' is not like model=gpt-4o* or tag:team=search.");
            conditions[what] = pattern;
        }

        return conditions;
    }
}
