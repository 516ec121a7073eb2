using System.Text.Json;
using BudgetProxy.Admin;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Tenants;

namespace BudgetProxy.DirectoryFile;

/// <summary>
/// A kind of thing that files define, by the fields that the admin API's reader of it asks for, as the audit trail keeps them. So a field that is added there is in
/// files, plans and exports too.
/// </summary>
internal sealed class DefinitionKind
{
    /// <summary>Fields that each definition has to have, so that none is left out as being the default.</summary>
    private static readonly string[] Required = ["limit", "window"];

    private static readonly JsonElement None = JsonElement.Parse("null");

    public static readonly DefinitionKind Plan = new("plan", fields => PlanDocument.Read("x", fields), DefinitionJson.Of(new Plan { Id = "x" }));

    public static readonly DefinitionKind Tenant = new("tenant", fields => TenantDocument.Read("x", fields), DefinitionJson.Of(new Tenant { Id = "x" }));

    public static readonly DefinitionKind Budget = new("budget", fields => BudgetReader.Read("x", TimeZoneInfo.Utc, "x", fields), DefinitionJson.Of(new Budget
    {
        Tenant = "x",
        Name = "x",
        LimitKind = LimitKind.Usd,
        Limit = 0,
        Window = new BudgetWindow(WindowKind.Lifetime, TimeSpan.Zero, TimeZoneInfo.Utc),
        InheritsTimeZone = true,
    }));

    public static readonly DefinitionKind Key = new(
        "key", fields => KeyDocument.Read("x", fields), DefinitionJson.Of(new VirtualKey { Id = "x", Tenant = "x", Name = "x", Prefix = "x" }));

    /// <summary>The one field that is a list of definitions.</summary>
    private const string Parts = "budgets";

    private readonly JsonElement _defaults;

    private DefinitionKind(string name, Action<FieldReader> read, string defaults)
    {
        var fields = new FieldReader(JsonElement.Parse("{}"), "", new FieldErrors());
        read(fields);
        Name = name;
        _defaults = JsonElement.Parse(defaults);
        // What a reader also takes, such as a name that the path has already, is no part of the definition.
        Fields = [.. fields.Known.Where(field => Required.Contains(field) || _defaults.TryGetProperty(field, out _))];
    }

    public string Name { get; }

    /// <summary>In the reader's order.</summary>
    public IReadOnlyList<string> Fields { get; }

    /// <summary>The fields in which one definition is not the other.</summary>
    public List<FieldChange> Changes(JsonElement from, JsonElement to)
    {
        var changes = new List<FieldChange>();
        foreach (var name in Fields)
        {
            var (before, after) = (ValueOf(from, name), ValueOf(to, name));
            if (!JsonElement.DeepEquals(before, after))
                changes.AddRange(name == Parts ? PartChanges(before, after) : [new FieldChange(name, before, after)]);
        }

        return changes;
    }

    /// <summary>The fields of a definition that say something: those that are not what they would be if they were left out.</summary>
    public IEnumerable<(string Name, JsonElement Value)> Said(JsonElement definition)
    {
        foreach (var name in Fields)
        {
            var value = ValueOf(definition, name);
            if (Required.Contains(name) || !JsonElement.DeepEquals(value, ValueOf(_defaults, name)))
                yield return (name, value);
        }
    }

    /// <summary>What a new one says, as changes from nothing.</summary>
    public List<FieldChange> Creation(JsonElement to) =>
        [.. Said(to).SelectMany(said => said.Name == Parts ? PartChanges(None, said.Value) : [new FieldChange(said.Name, None, said.Value)])];

    /// <summary>A plan's budgets by name, for they have no order.</summary>
    public static SortedDictionary<string, JsonElement> PartsOf(JsonElement parts)
    {
        var byName = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        if (parts.ValueKind == JsonValueKind.Array)
        {
            foreach (var part in parts.EnumerateArray())
                byName.Add(part.GetProperty("name").GetString()!, part);
        }

        return byName;
    }

    private static IEnumerable<FieldChange> PartChanges(JsonElement before, JsonElement after)
    {
        var (old, next) = (PartsOf(before), PartsOf(after));
        foreach (var name in old.Keys.Union(next.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (from, to) = (old.TryGetValue(name, out var was) ? Shown(was) : None, next.TryGetValue(name, out var becomes) ? Shown(becomes) : None);
            if (!JsonElement.DeepEquals(from, to))
                yield return new FieldChange($"{Parts}.{name}", from, to);
        }
    }

    /// <summary>What a plan's budget says.</summary>
    private static JsonElement Shown(JsonElement budget) =>
        JsonSerializer.SerializeToElement(Budget.Said(budget).ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal), AdminJson.Default.DictionaryStringJsonElement);

    private static JsonElement ValueOf(JsonElement definition, string name) => definition.TryGetProperty(name, out var value) ? value : None;
}
