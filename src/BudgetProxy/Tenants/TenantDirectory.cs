using BudgetProxy.Core.Budgets;
using BudgetProxy.Reservations;

namespace BudgetProxy.Tenants;

/// <summary>
/// Holds the snapshot in force and takes every change to it: take in what other proxies changed, write to the store, then swap. A change that could not
/// be stored changes nothing. Calls read <see cref="Current"/> and never wait for a change.
/// </summary>
public sealed partial class TenantDirectory(IDirectoryStore store, IReservationStore reservations, TimeProvider time) : IDisposable
{
    /// <summary>Characters of a configured admin key at least; a shorter one can be guessed.</summary>
    public const int MinConfiguredKeyChars = 16;

    /// <summary>The public id of the admin key that stands in the configuration.</summary>
    public const string ConfiguredKeyId = "configured";

    /// <summary>Changes come one after the other, so that store and memory see them in the same order. No call ever waits here.</summary>
    private readonly SemaphoreSlim _changes = new(1);

    /// <summary>
    /// Held while a change is stored and swapped in, and while those of others are taken in, so that an older state never replaces a newer one. Not
    /// held while counters are made for a budget: a key that another proxy revokes meanwhile is out at once.
    /// </summary>
    private readonly SemaphoreSlim _swaps = new(1);

    private volatile DirectorySnapshot _current = DirectorySnapshot.Empty;

    /// <summary>The admin key of the configuration, which is stored nowhere; null = none.</summary>
    private AdminKey? _configured;

    /// <summary>Of the store's change feed: what the snapshot holds at least.</summary>
    private long _version;

    /// <summary>The snapshot in force; take it once a call.</summary>
    public DirectorySnapshot Current => _current;

    /// <summary>
    /// Reads the directory from the store and sees to it that there is an admin key: the configured one, else a stored one, else one made now. Called
    /// once, before the first call is served.
    /// </summary>
    /// <param name="configuredAdminKey">As configured, at least <see cref="MinConfiguredKeyChars"/> characters; null or empty = none.</param>
    /// <returns>The admin key just made, to be printed once; null when there was one.</returns>
    public async Task<KeySecret?> StartAsync(string? configuredAdminKey, CancellationToken cancellationToken)
    {
        var content = await store.LoadAsync(cancellationToken);
        _current = DirectorySnapshot.Of(content);
        _version = content.Version;
        if (!string.IsNullOrEmpty(configuredAdminKey))
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(configuredAdminKey.Length, MinConfiguredKeyChars, nameof(configuredAdminKey));
            _configured = new AdminKey(ConfiguredKeyId, ConfiguredKeyId, AdminRole.Admin, "", time.GetUtcNow(), KeyHash.Of(configuredAdminKey));
            _current = _current.With(_configured);
            return null;
        }

        if (_current.AdminKeys.Any(key => key.Role == AdminRole.Admin))
            return null;
        var first = NewAdminKey("first", AdminRole.Admin);
        if (await store.SaveFirstAdminKeyAsync(first.Key, cancellationToken))
        {
            _current = _current.With(first.Key);
            return first.Secret;
        }

        await RefreshAsync(cancellationToken);
        return null;
    }

    /// <summary>Takes in what other proxies have changed; the snapshot stays in force where the store can't be read.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _swaps.WaitAsync(cancellationToken);
        try
        {
            if (await store.ChangesSinceAsync(_version, cancellationToken) is not { } changes)
                return;
            var next = _current.With(changes);
            _current = _configured is null ? next : next.With(_configured);
            _version = changes.Content.Version;
        }
        finally
        {
            _swaps.Release();
        }
    }

    /// <summary>Makes the tenant, or replaces all of its own fields; its keys and budgets stay, whatever <see cref="Tenant.Budgets"/> says.</summary>
    /// <returns>The tenant as it now stands.</returns>
    public Task<Tenant> PutTenantAsync(Tenant tenant, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            var old = BudgetsOf(_current, tenant.Id);
            var reshaped = old.Select(budget => InZoneOf(tenant, budget)).Where((budget, i) => budget.Shape != old[i].Shape).ToList();
            await SeedAsync(reshaped, cancellationToken);
            // Rows of budgets say nothing of the tenant's zone, so none changes; and one that another proxy deletes meanwhile is not made again.
            await StoreAsync(
                () => store.SaveTenantAsync(tenant with { Budgets = [] }, cancellationToken),
                current => current.With(
                    tenant = tenant with { Budgets = [.. BudgetsOf(current, tenant.Id).Select(budget => InZoneOf(tenant, budget))] }),
                cancellationToken);
            return tenant;
        },
        cancellationToken);

    /// <summary>Deletes the tenant with its keys and budgets; its ledger stays. False = there is none.</summary>
    public Task<bool> DeleteTenantAsync(string tenant, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            if (_current.FindTenant(tenant) is null)
                return false;
            await StoreAsync(
                () => store.DeleteTenantAsync(tenant, cancellationToken), current => current.WithoutTenant(tenant), cancellationToken);
            await ForgetAsync(tenant, null);
            return true;
        },
        cancellationToken);

    /// <summary>Makes a virtual key with what <paramref name="wanted"/> pins; its id, prefix and time are set here. Null = no such tenant.</summary>
    public Task<IssuedKey<VirtualKey>?> IssueKeyAsync(VirtualKey wanted, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            if (_current.FindTenant(wanted.Tenant) is null)
                return null;
            var secret = KeySecret.NewVirtual();
            var key = wanted with { Id = NewId("key_"), Prefix = secret.Prefix, CreatedAt = Now() };
            var stored = new StoredKey(key, secret.Hash);
            await StoreAsync(() => store.SaveKeyAsync(stored, cancellationToken), current => current.With(stored), cancellationToken);
            return new IssuedKey<VirtualKey>(key, secret);
        },
        cancellationToken);

    /// <summary>Stops the key at once and for good. False = no such key, or revoked before.</summary>
    public Task<bool> RevokeKeyAsync(string tenant, string id, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            if (_current.FindKey(tenant, id) is not { Key.Revoked: false } found)
                return false;
            var revoked = found with { Key = found.Key with { Revoked = true } };
            await StoreAsync(() => store.SaveKeyAsync(revoked, cancellationToken), current => current.With(revoked), cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>
    /// Makes or replaces a budget. Where it is new or counts other calls than before, its counters are made from the ledger.
    /// </summary>
    public Task<BudgetChange> PutBudgetAsync(Budget budget, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            if (_current.FindTenant(budget.Tenant) is not { } tenant)
                return BudgetChange.NoSuchTenant;
            var old = _current.FindBudget(budget.Tenant, budget.Name);
            if (old is null && tenant.Budgets.Count >= DirectoryRules.MaxBudgetsPerTenant)
                return BudgetChange.TooMany;
            budget = InZoneOf(tenant, budget).With(old?.Acts.All ?? []);
            if (old?.Shape != budget.Shape)
                await SeedAsync([budget], cancellationToken);
            await StoreAsync(() => store.SaveBudgetAsync(budget, cancellationToken), current => current.With(budget), cancellationToken);
            return BudgetChange.Made;
        },
        cancellationToken);

    /// <summary>False = no such tenant or budget.</summary>
    public Task<bool> DeleteBudgetAsync(string tenant, string name, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            if (_current.FindBudget(tenant, name) is null)
                return false;
            await StoreAsync(
                () => store.DeleteBudgetAsync(tenant, name, cancellationToken), current => current.WithoutBudget(tenant, name), cancellationToken);
            await ForgetAsync(tenant, name);
            return true;
        },
        cancellationToken);

    public Task<IssuedKey<AdminKey>> IssueAdminKeyAsync(string name, AdminRole role, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            var issued = NewAdminKey(name, role);
            await StoreAsync(() => store.SaveAdminKeyAsync(issued.Key, cancellationToken), current => current.With(issued.Key), cancellationToken);
            return issued;
        },
        cancellationToken);

    public Task<AdminKeyRemoval> RemoveAdminKeyAsync(string id, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            var found = _current.AdminKeys.FirstOrDefault(key => key.Id == id);
            if (found is null)
                return AdminKeyRemoval.Unknown;
            if (id == ConfiguredKeyId)
                return AdminKeyRemoval.Configured;
            if (found.Role == AdminRole.Admin && _current.AdminKeys.Count(key => key.Role == AdminRole.Admin) == 1)
                return AdminKeyRemoval.LastAdmin;
            await StoreAsync(() => store.DeleteAdminKeyAsync(id, cancellationToken), current => current.Without(found), cancellationToken);
            return AdminKeyRemoval.Removed;
        },
        cancellationToken);

    public void Dispose()
    {
        _changes.Dispose();
        _swaps.Dispose();
    }

    private static IReadOnlyList<Budget> BudgetsOf(DirectorySnapshot snapshot, string tenant) => snapshot.FindTenant(tenant)?.Budgets ?? [];

    private static Budget InZoneOf(Tenant tenant, Budget budget) =>
        budget.InheritsTimeZone ? budget with { Window = budget.Window with { TimeZone = tenant.Zone } } : budget;

    private async Task<T> ChangeAsync<T>(Func<Task<T>> change, CancellationToken cancellationToken)
    {
        await _changes.WaitAsync(cancellationToken);
        try
        {
            await RefreshAsync(cancellationToken);
            return await change();
        }
        finally
        {
            _changes.Release();
        }
    }

    /// <summary>Stores a change, then swaps it in.</summary>
    private async Task StoreAsync(Func<ValueTask> save, Func<DirectorySnapshot, DirectorySnapshot> swap, CancellationToken cancellationToken)
    {
        await _swaps.WaitAsync(cancellationToken);
        try
        {
            await save();
            _current = swap(_current);
        }
        finally
        {
            _swaps.Release();
        }
    }

    private IssuedKey<AdminKey> NewAdminKey(string name, AdminRole role)
    {
        var secret = KeySecret.NewAdmin();
        return new IssuedKey<AdminKey>(new AdminKey(NewId("adk_"), name, role, secret.Prefix, Now(), secret.Hash), secret);
    }

    /// <summary>Done before the swap, so that the first call to see the budget meets true counters.</summary>
    private async Task SeedAsync(IReadOnlyList<Budget> budgets, CancellationToken cancellationToken)
    {
        foreach (var budget in budgets)
            await reservations.SeedAsync(budget, cancellationToken);
    }

    /// <summary>The deletion stands whatever happens here: counters that stay only take room, and a budget made again is counted afresh.</summary>
    private async Task ForgetAsync(string tenant, string? budget)
    {
        try
        {
            await reservations.ForgetAsync(tenant, budget, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // Every call now says so more loudly.
        }
    }

    private string NewId(string kind) => $"{kind}{Guid.CreateVersion7(time.GetUtcNow()):N}";

    /// <summary>Whole milliseconds, as the store keeps them, so that an answer now and one after a restart are the same.</summary>
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}
