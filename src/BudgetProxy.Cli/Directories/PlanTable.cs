using System.Text.Json;
using BudgetProxy.Cli.Output;

namespace BudgetProxy.Cli.Directories;

/// <summary>Shows what a file changes, a line a thing: what is new in green, what changes in yellow with its old and new values, what goes in red.</summary>
internal sealed class PlanTable(Terminal terminal)
{
    /// <summary>Nobody reads more; all of them are in the answer with <c>--json</c>.</summary>
    private const int MostShown = 500;

    private static readonly string[] Actions = ["create", "change", "delete"];

    /// <param name="applied">True: it is done; false: it would be.</param>
    public void Write(JsonElement plan, bool applied = false)
    {
        var changes = plan.GetProperty("changes");
        var count = changes.GetArrayLength();
        if (count == 0)
        {
            terminal.Line("Nothing to do: the directory is as the file says.");
            return;
        }

        var shown = changes.EnumerateArray().Take(MostShown).ToList();
        var wide = shown.Max(change => Text(change, "target").Length);
        foreach (var change in shown)
            WriteChange(change, Math.Min(wide, 40));
        if (count > MostShown)
            terminal.Line($"  … and {count - MostShown:N0} more; --json has all.");
        terminal.Line();
        terminal.Strong($"{(applied ? "Applied" : "Plan")}: {Sum(plan)}.");
    }

    /// <summary>How many things are created, changed and deleted.</summary>
    public static string Sum(JsonElement plan)
    {
        var actions = plan.GetProperty("changes").EnumerateArray().CountBy(change => Text(change, "action")).ToDictionary();
        return string.Join(", ", Actions.Select(action => $"{actions.GetValueOrDefault(action):N0} to {action}"));
    }

    private void WriteChange(JsonElement change, int wide)
    {
        var (action, fields) = (Text(change, "action"), change.GetProperty("fields").EnumerateArray().ToList());
        var (mark, tone) = action switch { "create" => ("+", Tone.Good), "change" => ("~", Tone.Warning), _ => ("-", Tone.Bad) };
        var head = $"{mark} {Text(change, "kind"),-6}  {Text(change, "target").PadRight(wide)}";
        if (action != "change")
        {
            var said = string.Join("  ", fields.Select(field => $"{Text(field, "name")}={Value(field.GetProperty("to"))}"));
            terminal.Line(Terminal.Clean(head + (said.Length > 0 ? "  " + said : "")).TrimEnd(), tone);
            return;
        }

        terminal.Line(Terminal.Clean(head).TrimEnd(), tone);
        foreach (var field in fields)
            terminal.Line(Terminal.Clean($"          {Text(field, "name")}: {Value(field.GetProperty("from"))} → {Value(field.GetProperty("to"))}"));
    }

    private static string Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "(none)",
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => value.GetArrayLength() == 0 ? "(none)" : string.Join(",", value.EnumerateArray().Select(Value)),
        JsonValueKind.Object => value.EnumerateObject().Any() ? string.Join(",", value.EnumerateObject().Select(field => $"{field.Name}:{Value(field.Value)}")) : "(none)",
        _ => value.GetRawText(),
    };

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
