using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Tenants;

/// <summary>
/// All tenants, keys and budgets at one instant. Immutable, swapped whole: a call sees one snapshot from start to end. Built on persistent maps, so
/// that one change among very many tenants costs no more than its own path, and a lookup still allocates nothing.
/// </summary>
public sealed class DirectorySnapshot
{
    public static readonly DirectorySnapshot Empty = new()
    {
        TenantMap = ImmutableSortedDictionary.Create<string, TenantEntry>(StringComparer.Ordinal),
        KeyMap = ImmutableDictionary<KeyHash, VirtualKey>.Empty,
        AdminKeyMap = ImmutableDictionary<KeyHash, AdminKey>.Empty,
    };

    private DirectorySnapshot()
    {
    }

    private DirectorySnapshot(DirectorySnapshot other)
    {
        TenantMap = other.TenantMap;
        KeyMap = other.KeyMap;
        AdminKeyMap = other.AdminKeyMap;
    }

    /// <summary>Every tenant, ordered by id.</summary>
    public IEnumerable<Tenant> Tenants => TenantMap.Values.Select(entry => entry.Tenant);

    /// <summary>Every admin key, ordered by id: in the order they were made.</summary>
    public IEnumerable<AdminKey> AdminKeys => AdminKeyMap.Values.OrderBy(key => key.Id, StringComparer.Ordinal);

    private ImmutableSortedDictionary<string, TenantEntry> TenantMap { get; init; } = null!;

    private ImmutableDictionary<KeyHash, VirtualKey> KeyMap { get; init; } = null!;

    private ImmutableDictionary<KeyHash, AdminKey> AdminKeyMap { get; init; } = null!;

    public static DirectorySnapshot Of(DirectoryContent content)
    {
        var keys = content.Keys.ToLookup(key => key.Key.Tenant, StringComparer.Ordinal);
        return new DirectorySnapshot
        {
            TenantMap = content.Tenants.ToImmutableSortedDictionary(
                tenant => tenant.Id, tenant => new TenantEntry(tenant, [.. keys[tenant.Id]]), StringComparer.Ordinal),
            KeyMap = content.Keys.ToImmutableDictionary(key => key.Hash, key => key.Key),
            AdminKeyMap = content.AdminKeys.ToImmutableDictionary(key => key.Hash),
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

    /// <summary>The tenant's keys in the order they were made, revoked ones included; empty where there is no such tenant.</summary>
    public IEnumerable<VirtualKey> KeysOf(string tenant) => Entry(tenant).Select(stored => stored.Key);

    internal StoredKey? FindKey(string tenant, string id) =>
        Entry(tenant).FirstOrDefault(stored => string.Equals(stored.Key.Id, id, StringComparison.Ordinal));

    /// <summary>This snapshot with what others have changed; what is configured and not stored is not in it.</summary>
    internal DirectorySnapshot With(DirectoryChanges changes)
    {
        var next = Of(changes.Content);
        if (changes.Tenants is null)
            return next;
        var gone = changes.Tenants.SelectMany(tenant => Entry(tenant)).Select(stored => stored.Hash);
        return new DirectorySnapshot(this)
        {
            TenantMap = TenantMap.RemoveRange(changes.Tenants).SetItems(next.TenantMap),
            KeyMap = KeyMap.RemoveRange(gone).SetItems(next.KeyMap),
            AdminKeyMap = changes.AdminKeys ? next.AdminKeyMap : AdminKeyMap,
        };
    }

    internal DirectorySnapshot With(Tenant tenant) =>
        new(this) { TenantMap = TenantMap.SetItem(tenant.Id, new TenantEntry(tenant, Entry(tenant.Id))) };

    /// <summary>The budget takes the place of the one of its name, or the last. Nothing changes where its tenant is gone.</summary>
    internal DirectorySnapshot With(Budget budget)
    {
        if (FindTenant(budget.Tenant) is not { } tenant)
            return this;
        var old = FindBudget(budget.Tenant, budget.Name);
        return With(tenant with
        {
            Budgets = old is null ? [.. tenant.Budgets, budget] : [.. tenant.Budgets.Select(other => ReferenceEquals(other, old) ? budget : other)],
        });
    }

    /// <summary>The act is added to its budget's, less those that were done before an instant.</summary>
    internal DirectorySnapshot With(BudgetAct act, DateTimeOffset before) => FindBudget(act.Tenant, act.Budget) is { } budget
        ? With(budget.With([.. budget.Acts.All.Where(earlier => earlier.At >= before), act]))
        : this;

    internal DirectorySnapshot WithoutBudget(string tenant, string name) => FindTenant(tenant) is { } owner
        ? With(owner with { Budgets = [.. owner.Budgets.Where(budget => !string.Equals(budget.Name, name, StringComparison.Ordinal))] })
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

    private ImmutableArray<StoredKey> Entry(string tenant) => TenantMap.TryGetValue(tenant, out var entry) ? entry.Keys : [];
}
