using System.Text.Json.Nodes;

namespace BudgetProxy.Dashboard;

/// <summary>Makes the fields of a budget's form into the body that the API takes. What can't be read goes on as it is, for the API to say so.</summary>
internal static class BudgetForm
{
    private const string TagPrefix = "tag:";

    public static JsonObject Body(FormFields fields)
    {
        var unit = fields["unit"] ?? "usd";
        var body = new JsonObject
        {
            ["limit"] = new JsonObject { [unit] = unit is "usd" or "chargedUsd" ? fields.Text("amount") : fields.Number("amount") },
            ["window"] = fields.Text("window"),
            ["mode"] = fields["mode"] ?? "enforce",
            ["admission"] = fields["admission"] ?? "strict",
        };
        if (Per(fields) is { } per)
            body["per"] = per;
        if (fields["timezone"] is { } zone)
            body["timezone"] = zone;
        if (fields["match"] is { } match)
            body["match"] = Match(match);
        if (fields["alertAt"] is { } alerts)
            body["alertAt"] = Shares(alerts);
        return body;
    }

    /// <summary>
    /// What is chosen under “for each” holds. The tag's name below it counts where a tag is chosen, or nothing is and the name is new: the field still has
    /// the name that the budget had. A choice and a new name contradict each other, and both go on, for the API to refuse.
    /// </summary>
    private static string? Per(FormFields fields)
    {
        var (per, tag) = (fields["per"], fields["tag"]);
        if (per?.StartsWith(TagPrefix, StringComparison.Ordinal) == true)
            return tag is null ? per : TagPrefix + tag;
        if (tag is null || tag == fields["tagBefore"])
            return per;
        return per is null ? TagPrefix + tag : $"{per}, {TagPrefix}{tag}";
    }

    /// <summary>Lines of <c>model = gpt-4o*</c>.</summary>
    private static JsonObject Match(string text)
    {
        var match = new JsonObject();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                match[line] = "";
            else
                match[line[..equals].Trim()] = line[(equals + 1)..].Trim();
        }

        return match;
    }

    /// <summary><c>50%, 80%</c> as 0.5 and 0.8; without the sign, as they are.</summary>
    private static JsonArray Shares(string text)
    {
        var shares = new JsonArray();
        foreach (var part in text.Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (part.EndsWith('%') && FormFields.TryNumber(part[..^1], out var percent))
                shares.Add(percent / 100);
            else
                shares.Add(FormFields.TryNumber(part, out var share) ? JsonValue.Create(share) : JsonValue.Create(part));
        }

        return shares;
    }
}
