using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Tenants;

/// <summary>
/// All tenants, plans, keys and budgets at one instant. Immutable, swapped whole: a call sees one snapshot from start to end. Built on persistent maps, so
/// that one change among very many tenants costs no more than its own path, and a lookup still allocates nothing.
/// </summary>
public sealed class DirectorySnapshot
{
    public static readonly DirectorySnapshot Empty = new()
    {
        TenantMap = ImmutableSortedDictionary.Create<string, TenantEntry>(StringComparer.Ordinal),
        KeyMap = ImmutableDictionary<KeyHash, VirtualKey>.Empty,
        AdminKeyMap = ImmutableDictionary<KeyHash, AdminKey>.Empty,
        PlanMap = ImmutableSortedDictionary.Create<string, Plan>(StringComparer.Ordinal),
    };

    private DirectorySnapshot()
    {
    }

    private DirectorySnapshot(DirectorySnapshot other)
    {
        TenantMap = other.TenantMap;
        KeyMap = other.KeyMap;
        AdminKeyMap = other.AdminKeyMap;
        PlanMap = other.PlanMap;
    }

    /// <summary>Every tenant, ordered by id.</summary>
    public IEnumerable<Tenant> Tenants => TenantMap.Values.Select(entry => entry.Tenant);

    /// <summary>Every plan, ordered by id.</summary>
    public IEnumerable<Plan> Plans => PlanMap.Values;

    /// <summary>Every admin key, ordered by id: in the order they were made.</summary>
    public IEnumerable<AdminKey> AdminKeys => AdminKeyMap.Values.OrderBy(key => key.Id, StringComparer.Ordinal);

    private ImmutableSortedDictionary<string, TenantEntry> TenantMap { get; init; } = null!;

    private ImmutableDictionary<KeyHash, VirtualKey> KeyMap { get; init; } = null!;

    private ImmutableDictionary<KeyHash, AdminKey> AdminKeyMap { get; init; } = null!;

    private ImmutableSortedDictionary<string, Plan> PlanMap { get; init; } = null!;

    public static DirectorySnapshot Of(DirectoryContent content)
    {
        var plans = Empty.PlanMap.SetItems(PairsOf(content.Plans));
        return new DirectorySnapshot
        {
            TenantMap = Empty.TenantMap.AddRange(EntriesOf(content, plans)),
            KeyMap = content.Keys.ToImmutableDictionary(key => key.Hash, key => key.Key),
            AdminKeyMap = content.AdminKeys.ToImmutableDictionary(key => key.Hash),
            PlanMap = plans,
        };
    }

    /// <summary>
    /// Finds the key whose SHA-256 this is. Revoked, expired and suspended ones are found too: the caller decides what to answer.
    /// </summary>
    public bool TryFind(ReadOnlySpan<byte> keySha256, [NotNullWhen(true)] out VirtualKey? key, [NotNullWhen(true)] out Tenant? tenant) =>
        TryFind(new KeyHash(keySha256), out key, out tenant);

    /// <inheritdoc cref="TryFind(ReadOnlySpan{byte}, out VirtualKey?, out Tenant?)"/>
    public bool TryFind(KeyHash hash, [NotNullWhen(true)] out VirtualKey? key, [NotNullWhen(true)] out Tenant? tenant)
    {
        tenant = KeyMap.TryGetValue(hash, out key) ? FindTenant(key.Tenant) : null;
        return tenant is not null;
    }

    public bool TryFindAdmin(KeyHash hash, [NotNullWhen(true)] out AdminKey? key) => AdminKeyMap.TryGetValue(hash, out key);

    public Tenant? FindTenant(string id) => TenantMap.TryGetValue(id, out var entry) ? entry.Tenant : null;

    public Budget? FindBudget(string tenant, string name) =>
        FindTenant(tenant)?.Budgets.FirstOrDefault(budget => string.Equals(budget.Name, name, StringComparison.Ordinal));

    public Plan? FindPlan(string id) => PlanMap.GetValueOrDefault(id);

    /// <summary>The tenants that are on the plan, ordered by id. Walks all tenants.</summary>
    public IEnumerable<Tenant> TenantsOn(string plan) => Tenants.Where(tenant => string.Equals(tenant.Plan, plan, StringComparison.Ordinal));

    /// <summary>The tenant's keys in the order they were made, revoked ones included; empty where there is no such tenant.</summary>
    public IEnumerable<VirtualKey> KeysOf(string tenant) => Entry(tenant).Select(stored => stored.Key);

    /// <summary><see cref="KeysOf"/> with the hashes they are found by.</summary>
    internal IEnumerable<StoredKey> StoredKeysOf(string tenant) => Entry(tenant);

    internal StoredKey? FindKey(string tenant, string id) =>
        Entry(tenant).FirstOrDefault(stored => string.Equals(stored.Key.Id, id, StringComparison.Ordinal));

    /// <summary>This snapshot with what others have changed; what is configured and not stored is not in it.</summary>
    internal DirectorySnapshot With(DirectoryChanges changes)
    {
        if (changes.Tenants is null)
            return Of(changes.Content);
        var gone = changes.Tenants.SelectMany(tenant => Entry(tenant)).Select(stored => stored.Hash);
        var plans = PlanMap.RemoveRange(changes.Plans).SetItems(PairsOf(changes.Content.Plans));
        return new DirectorySnapshot(this)
        {
            TenantMap = Under(plans, TenantMap.RemoveRange(changes.Tenants).SetItems(EntriesOf(changes.Content, plans)), changes.Plans),
            KeyMap = KeyMap.RemoveRange(gone).SetItems(changes.Content.Keys.Select(key => KeyValuePair.Create(key.Hash, key.Key))),
            AdminKeyMap = changes.AdminKeys ? changes.Content.AdminKeys.ToImmutableDictionary(key => key.Hash) : AdminKeyMap,
            PlanMap = plans,
        };
    }

    /// <summary>With this tenant, its own budgets among its fields, under the plan that it names.</summary>
    internal DirectorySnapshot With(Tenant tenant) => new(this)
    {
        TenantMap = TenantMap.SetItem(tenant.Id, new TenantEntry(tenant.Under(PlanOf(tenant, PlanMap)), Entry(tenant.Id))),
    };

    internal DirectorySnapshot With(Plan plan)
    {
        var plans = PlanMap.SetItem(plan.Id, plan);
        return new DirectorySnapshot(this) { PlanMap = plans, TenantMap = Under(plans, TenantMap, [plan.Id]) };
    }

    internal DirectorySnapshot WithoutPlan(string id)
    {
        var plans = PlanMap.Remove(id);
        return new DirectorySnapshot(this) { PlanMap = plans, TenantMap = Under(plans, TenantMap, [id]) };
    }

    /// <summary>The budget takes the place of the tenant's own of its name, or the last among its own. Nothing changes where its tenant is gone.</summary>
    internal DirectorySnapshot With(Budget budget)
    {
        if (FindTenant(budget.Tenant) is not { } tenant)
            return this;
        var own = tenant.OwnBudgets.ToList();
        var index = own.FindIndex(other => string.Equals(other.Name, budget.Name, StringComparison.Ordinal));
        if (index < 0)
            own.Add(budget);
        else
            own[index] = budget;
        return With(tenant with { Budgets = own });
    }

    /// <summary>The act is added to its budget's, less those that were done before an instant.</summary>
    internal DirectorySnapshot With(BudgetAct act, DateTimeOffset before) => FindTenant(act.Tenant) is { } tenant
        ? With(tenant with { Acts = [.. tenant.Acts.Where(earlier => !string.Equals(earlier.Budget, act.Budget, StringComparison.Ordinal) || earlier.At >= before), act] })
        : this;

    /// <summary>Without the tenant's own budget of that name, and what was done to it: its plan's may come in its place.</summary>
    internal DirectorySnapshot WithoutBudget(string tenant, string name) => FindTenant(tenant) is { } owner
        ? With(owner with
        {
            Budgets = [.. owner.OwnBudgets.Where(budget => !string.Equals(budget.Name, name, StringComparison.Ordinal))],
            Acts = [.. owner.Acts.Where(act => !string.Equals(act.Budget, name, StringComparison.Ordinal))],
        })
        : this;

    internal DirectorySnapshot WithoutTenant(string id) => new(this)
    {
        TenantMap = TenantMap.Remove(id),
        KeyMap = KeyMap.RemoveRange(Entry(id).Select(stored => stored.Hash)),
    };

    internal DirectorySnapshot With(StoredKey key)
    {
        // The tenant may be gone since: another proxy's deletion can come in between the key's row and this.
        if (!TenantMap.TryGetValue(key.Key.Tenant, out var entry))
            return this;
        var index = entry.Keys.IndexOf(FindKey(key.Key.Tenant, key.Key.Id)!);
        var keys = index < 0 ? entry.Keys.Add(key) : entry.Keys.SetItem(index, key);
        return new DirectorySnapshot(this)
        {
            TenantMap = TenantMap.SetItem(key.Key.Tenant, entry with { Keys = keys }),
            KeyMap = KeyMap.SetItem(key.Hash, key.Key),
        };
    }

    internal DirectorySnapshot With(AdminKey key) => new(this) { AdminKeyMap = AdminKeyMap.SetItem(key.Hash, key) };

    internal DirectorySnapshot Without(AdminKey key) => new(this) { AdminKeyMap = AdminKeyMap.Remove(key.Hash) };

    private static IEnumerable<KeyValuePair<string, Plan>> PairsOf(IEnumerable<Plan> plans) => plans.Select(plan => KeyValuePair.Create(plan.Id, plan));

    private static IEnumerable<KeyValuePair<string, TenantEntry>> EntriesOf(DirectoryContent content, ImmutableSortedDictionary<string, Plan> plans)
    {
        var keys = content.Keys.ToLookup(key => key.Key.Tenant, StringComparer.Ordinal);
        return content.Tenants.Select(tenant => KeyValuePair.Create(tenant.Id, new TenantEntry(tenant.Under(PlanOf(tenant, plans)), [.. keys[tenant.Id]])));
    }

    private static Plan? PlanOf(Tenant tenant, ImmutableSortedDictionary<string, Plan> plans) => tenant.Plan is null ? null : plans.GetValueOrDefault(tenant.Plan);

    /// <summary>The tenants, those on a changed plan under what it now says.</summary>
    private static ImmutableSortedDictionary<string, TenantEntry> Under(
        ImmutableSortedDictionary<string, Plan> plans, ImmutableSortedDictionary<string, TenantEntry> tenants, IReadOnlyCollection<string> changed)
    {
        if (changed.Count == 0)
            return tenants;
        var moved = tenants.Values.Where(entry => entry.Tenant.Plan is { } plan && changed.Contains(plan))
            .Select(entry => KeyValuePair.Create(entry.Tenant.Id, entry with { Tenant = entry.Tenant.Under(PlanOf(entry.Tenant, plans)) }));
        return tenants.SetItems(moved);
    }

    private ImmutableArray<StoredKey> Entry(string tenant) => TenantMap.TryGetValue(tenant, out var entry) ? entry.Keys : [];
}
