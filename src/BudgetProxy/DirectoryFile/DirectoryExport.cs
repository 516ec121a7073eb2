using System.Text.Json;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Tenants;

namespace BudgetProxy.DirectoryFile;

/// <summary>
/// Writes the directory as a file: every field that is not what it would be if left out, in one fixed order, so that two exports differ only where the directories do. Keys
/// stand there as their SHA-256; revoked ones do not.
/// </summary>
internal static class DirectoryExport
{
    private const string Head = """
        # The directory of a BudgetProxy: plans, and tenants with their budgets and keys. Keys are known by their SHA-256 alone.
        # budgetproxy apply -f FILE makes a directory so; --dry-run shows what would change.

        """;

    public static async Task WriteAsync(DirectorySnapshot directory, TextWriter output, CancellationToken cancellationToken)
    {
        await output.WriteAsync(Head.ReplaceLineEndings("\n"));
        await WritePlansAsync(directory, output);
        await output.WriteAsync("tenants:");
        var any = false;
        foreach (var tenant in directory.Tenants)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!any)
                await output.WriteAsync('\n');
            any = true;
            await output.WriteAsync(TextOf(directory, tenant));
        }

        if (!any)
            await output.WriteAsync(" {}\n");
    }

    private static async Task WritePlansAsync(DirectorySnapshot directory, TextWriter output)
    {
        var lines = new List<string>();
        foreach (var plan in directory.Plans)
        {
            lines.Add($"  {YamlText.Of(plan.Id)}:");
            var before = lines.Count;
            var definition = DefinitionJson.Of(plan);
            AddFields(lines, 4, DefinitionKind.Plan, definition, without: "budgets");
            AddBudgets(lines, plan.Budgets);
            if (lines.Count == before)
                lines[^1] += " {}";
        }

        if (lines.Count > 0)
            await output.WriteAsync($"plans:\n{string.Join('\n', lines)}\n\n");
    }

    private static void AddBudgets(List<string> lines, IEnumerable<Budget> given)
    {
        var budgets = given.OrderBy(budget => budget.Name, StringComparer.Ordinal).ToList();
        if (budgets.Count > 0)
            lines.Add("    budgets:");
        foreach (var budget in budgets)
        {
            lines.Add($"      {YamlText.Of(budget.Name)}:");
            AddFields(lines, 8, DefinitionKind.Budget, DefinitionJson.Of(budget));
        }
    }

    private static string TextOf(DirectorySnapshot directory, Tenant tenant)
    {
        var lines = new List<string>();
        AddFields(lines, 4, DefinitionKind.Tenant, DefinitionJson.Of(tenant));
        AddBudgets(lines, tenant.OwnBudgets);
        AddKeys(lines, directory.StoredKeysOf(tenant.Id).Where(key => !key.Key.Revoked));
        var id = $"  {YamlText.Of(tenant.Id)}:";
        return lines.Count == 0 ? id + " {}\n" : $"{id}\n{string.Join('\n', lines)}\n";
    }

    private static void AddKeys(List<string> lines, IEnumerable<StoredKey> stored)
    {
        var keys = stored.OrderBy(key => key.Key.Name, StringComparer.Ordinal).ThenBy(key => key.Key.Id, StringComparer.Ordinal).ToList();
        if (keys.Count > 0)
            lines.Add("    keys:");
        var names = keys.CountBy(key => key.Key.Name, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            // Several keys may have one name, such as an old one and its successor; here each needs one of its own.
            var isOnly = names[key.Key.Name] == 1;
            lines.Add($"      {YamlText.Of(isOnly ? key.Key.Name : key.Key.Id)}:");
            lines.Add($"        sha256: {YamlText.Of(Convert.ToHexStringLower(key.Hash.ToArray()))}");
            if (key.Key.Prefix.Length > 0)
                lines.Add($"        prefix: {YamlText.Of(key.Key.Prefix)}");
            var definition = DefinitionJson.Of(key.Key);
            if (!isOnly)
                lines.Add($"        name: {YamlText.Of(key.Key.Name)}");
            AddFields(lines, 8, DefinitionKind.Key, definition, without: "name");
        }
    }

    private static void AddFields(List<string> lines, int indent, DefinitionKind kind, string definition, string? without = null)
    {
        foreach (var (name, value) in kind.Said(JsonElement.Parse(definition)))
        {
            if (name != without)
                lines.Add($"{new string(' ', indent)}{name}: {YamlText.Of(value)}");
        }
    }
}
