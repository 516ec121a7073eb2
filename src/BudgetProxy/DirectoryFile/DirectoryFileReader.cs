using System.Text;
using BudgetProxy.Admin;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Tenants;

namespace BudgetProxy.DirectoryFile;

/// <summary>
/// Reads a directory file. Each tenant, budget and key goes through the reader of the admin API that takes it there, so there is one set of rules; what those find
/// wrong gets its place in the file. One tenant is in memory as a tree at a time.
/// </summary>
internal sealed class DirectoryFileReader
{
    /// <summary>Bytes of a file at most: 10,000 tenants with 10 budgets each take about 10 million.</summary>
    public const int MaxBytes = 32 << 20;

    private readonly FileErrors _errors;
    private readonly KeySources _sources;
    private readonly List<WantedPlan> _plans = [];
    private readonly List<WantedTenant> _tenants = [];
    private readonly Dictionary<KeyHash, string> _keys = [];

    private DirectoryFileReader(FileErrors errors, KeySources sources)
    {
        _errors = errors;
        _sources = sources;
    }

    /// <summary>What the file says; meaningless where there are errors.</summary>
    /// <param name="file">UTF-8, with or without a byte order mark, at most <see cref="MaxBytes"/>.</param>
    /// <param name="sources">Where its keys may come from.</param>
    public static WantedDirectory Read(ReadOnlyMemory<byte> file, KeySources sources, FileErrors errors)
    {
        var reader = new DirectoryFileReader(errors, sources);
        if (file.Length > MaxBytes)
        {
            errors.Add(new FilePlace(1, 1), "", $"The file has {file.Length} bytes; at most {MaxBytes} are read.");
        }
        else
        {
            try
            {
                using var text = new StreamReader(new MemoryStream(file.ToArray(), writable: false), new UTF8Encoding(false, throwOnInvalidBytes: true));
                reader.ReadRoot(new FileParser(text, errors));
            }
            catch (FileSyntaxException wrong)
            {
                errors.Add(wrong.Place, wrong.Path, wrong.Message);
            }
        }

        reader._tenants.Sort((a, b) => string.CompareOrdinal(a.Tenant.Id, b.Tenant.Id));
        reader._plans.Sort((a, b) => string.CompareOrdinal(a.Plan.Id, b.Plan.Id));
        return new WantedDirectory(reader._plans, reader._tenants);
    }

    private void ReadRoot(FileParser parser)
    {
        var sections = 0;
        parser.ReadMap("", 1, (name, place) =>
        {
            sections++;
            switch (name)
            {
                case "plans":
                    ReadSection(parser, name, ReadPlan);
                    break;
                case "tenants":
                    ReadSection(parser, name, ReadTenant);
                    break;
                default:
                    parser.ReadNode(name, 2);
                    _errors.Add(place, name, "There is no such field here. The fields are: tenants, plans.");
                    break;
            }
        });
        parser.ReadEnd();
        // An emptied file is a slip of the hand, and with prune one that would delete everything.
        if (sections == 0 && !_errors.Any)
            _errors.Add(new FilePlace(1, 1), "", "The file has nothing in it. Its top level is a map with 'tenants', 'plans' or both.");
    }

    private void ReadSection(FileParser parser, string section, Action<string, FileNode> read) => parser.ReadMap(section, 2, (name, place) =>
    {
        if (_errors.IsFull)
            throw new FileSyntaxException(place, "", "The rest is not read.");
        read(name, parser.ReadNode($"{section}.{name}", 3, place));
    });

    private void ReadPlan(string name, FileNode node)
    {
        var path = "plans." + name;
        if (!IsMap(ref node, path, mayBeNull: true))
            return;
        // The API takes a plan's budgets as a list, each with its name; here they are a map.
        var budgets = new FileNode(FileNodeKind.List, node.Place);
        if (node.Field("budgets") is { } map && IsMap(ref map, path + ".budgets", mayBeNull: true))
            budgets.Items.AddRange(map.Fields.Select(budget => Named(budget.Name, budget.Value, $"{path}.budgets.{budget.Name}")));
        var listed = new FileNode(FileNodeKind.Map, node.Place);
        listed.Fields.AddRange(node.Fields.Where(field => field.Name != "budgets"));
        listed.Fields.Add(("budgets", budgets));
        if (node.Field("name") is { } twice)
            _errors.Add(twice.Place, path + ".name", "There is no such field here: a plan's name stands before it.");
        _plans.Add(new WantedPlan(
            Fields(listed, path, [], [], fields => PlanDocument.Read(name, fields), field => NamePlanBudget(field, budgets)), node.Place));
    }

    /// <summary>A plan's budget as the API takes it.</summary>
    private FileNode Named(string name, FileNode value, string path)
    {
        var named = new FileNode(FileNodeKind.Map, value.Place);
        if (IsMap(ref value, path, mayBeNull: false))
            named.Fields.AddRange(value.Fields.Where(field => field.Name != "name"));
        if (value.Field("name") is { } twice)
            _errors.Add(twice.Place, path + ".name", "There is no such field here: a budget's name stands before it.");
        named.Fields.Add(("name", new FileNode(FileNodeKind.Scalar, value.Place) { Text = name }));
        return named;
    }

    /// <summary><c>budgets[0].limit</c> as it stands in the file: <c>budgets.monthly.limit</c>.</summary>
    private static string NamePlanBudget(string field, FileNode budgets)
    {
        const string List = "budgets[";
        var end = field.IndexOf(']', StringComparison.Ordinal);
        if (!field.StartsWith(List, StringComparison.Ordinal) || end < 0 || !int.TryParse(field.AsSpan(List.Length, end - List.Length), out var index) || index >= budgets.Items.Count)
            return field;
        var rest = field[(end + 1)..];
        return $"budgets.{budgets.Items[index].Field("name")!.Text}{(rest == ".name" ? "" : rest)}";
    }

    private void ReadTenant(string id, FileNode node)
    {
        var path = "tenants." + id;
        if (!IsMap(ref node, path, mayBeNull: true))
            return;
        var tenant = Fields(
            node, path, ["budgets", "keys"], [("budgets", null), ("keys", null)],
            fields =>
            {
                fields.Object("budgets");
                fields.Object("keys");
                return TenantDocument.Read(id, fields);
            });
        _tenants.Add(new WantedTenant(tenant with { Budgets = ReadBudgets(tenant, path, node.Field("budgets")) }, ReadKeys(id, path, node.Field("keys")), node.Place));
    }

    private List<Budget> ReadBudgets(Tenant tenant, string tenantPath, FileNode? budgets)
    {
        var path = tenantPath + ".budgets";
        var read = new List<Budget>();
        if (budgets is null || !IsMap(ref budgets, path, mayBeNull: true))
            return read;
        if (budgets.Fields.Count > DirectoryRules.MaxBudgetsPerTenant)
            _errors.Add(budgets.Place, path, $"A tenant has at most {DirectoryRules.MaxBudgetsPerTenant} budgets.");
        foreach (var (name, value) in budgets.Fields)
        {
            var (own, node) = ($"{path}.{name}", value);
            if (IsMap(ref node, own, mayBeNull: false))
                read.Add(Fields(node, own, [], [], fields => BudgetReader.Read(tenant.Id, tenant.Zone, name, fields)));
        }

        return read;
    }

    private List<WantedKey> ReadKeys(string tenant, string tenantPath, FileNode? keys)
    {
        var path = tenantPath + ".keys";
        var read = new List<WantedKey>();
        if (keys is null || !IsMap(ref keys, path, mayBeNull: true))
            return read;
        foreach (var (name, value) in keys.Fields)
        {
            var (own, node) = ($"{path}.{name}", value);
            if (!IsMap(ref node, own, mayBeNull: false))
                continue;
            (KeyHash Hash, string Prefix)? source = null;
            var key = Fields(node, own, [], [("name", name)], fields =>
            {
                source = _sources.Read(fields, warning => _errors.Warn(node.Field("key")!.Place, own + ".key", warning));
                return KeyDocument.Read(tenant, fields);
            });
            if (source is not { } found)
                continue;
            if (!_keys.TryAdd(found.Hash, own))
                _errors.Add(node.Place, own, $"This is the same key as {_keys[found.Hash]}.");
            else
                read.Add(new WantedKey(key with { Prefix = found.Prefix }, found.Hash, own, node.Place));
        }

        return read;
    }

    /// <summary>Reads a map as the admin API reads a body; every error gets its place.</summary>
    private T Fields<T>(
        FileNode node, string path, ReadOnlySpan<string> without, ReadOnlySpan<(string Name, string? Text)> more, Func<FieldReader, T> read,
        Func<string, string>? rename = null)
    {
        using var json = NodeJson.Of(node, without, more, (place, message) => _errors.Add(place, path, message));
        var wrong = new FieldErrors();
        var result = read(new FieldReader(json.RootElement, "", wrong, takesNumbersAsMoney: true));
        foreach (var (field, message) in wrong.All.SelectMany(one => one.Value.Select(message => (one.Key, message))))
        {
            var found = node.Find(field);
            // What a path or a key says of itself has no field of its own here.
            var own = found is null && field is "tenant" or "plan" or "name" ? path : $"{path}.{rename?.Invoke(field) ?? field}";
            var hint = found is { Kind: FileNodeKind.Scalar, IsPlain: true } && message.StartsWith("Must be a string", StringComparison.Ordinal) ? " Put it in quotes." : "";
            _errors.Add((found ?? node).Place, own, message + hint);
        }

        return result;
    }

    /// <param name="node">An empty map takes the place of nothing.</param>
    private bool IsMap(ref FileNode node, string path, bool mayBeNull)
    {
        if (node.Kind == FileNodeKind.Map)
            return true;
        if (mayBeNull && node.IsNull)
        {
            node = new FileNode(FileNodeKind.Map, node.Place);
            return true;
        }

        _errors.Add(node.Place, path, "Must be a map: names, each with a colon and what belongs to it.");
        return false;
    }
}
