using BudgetProxy.Core.Budgets;
using BudgetProxy.Reservations;

namespace BudgetProxy.Tenants;

/// <summary>
/// Holds the snapshot in force and takes every change to it: write to the store, then swap. A change that could not be stored changes nothing. Calls
/// read <see cref="Current"/> and never wait for a change.
/// </summary>
public sealed class TenantDirectory(IDirectoryStore store, IReservationStore reservations, TimeProvider time) : IDisposable
{
    /// <summary>Characters of a configured admin key at least; a shorter one can be guessed.</summary>
    public const int MinConfiguredKeyChars = 16;

    /// <summary>The public id of the admin key that stands in the configuration.</summary>
    public const string ConfiguredKeyId = "configured";

    /// <summary>Changes come one after the other, so that store and memory see them in the same order. No call ever waits here.</summary>
    private readonly SemaphoreSlim _changes = new(1);

    private volatile DirectorySnapshot _current = DirectorySnapshot.Empty;

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
        _current = DirectorySnapshot.Of(await store.LoadAsync(cancellationToken));
        if (!string.IsNullOrEmpty(configuredAdminKey))
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(configuredAdminKey.Length, MinConfiguredKeyChars, nameof(configuredAdminKey));
            _current = _current.With(
                new AdminKey(ConfiguredKeyId, ConfiguredKeyId, AdminRole.Admin, "", time.GetUtcNow(), KeyHash.Of(configuredAdminKey)));
            return null;
        }

        if (_current.AdminKeys.Any(key => key.Role == AdminRole.Admin))
            return null;
        return (await IssueAdminKeyAsync("first", AdminRole.Admin, cancellationToken)).Secret;
    }

    /// <summary>Makes the tenant, or replaces all of its own fields; its keys and budgets stay, whatever <see cref="Tenant.Budgets"/> says.</summary>
    /// <returns>The tenant as it now stands.</returns>
    public Task<Tenant> PutTenantAsync(Tenant tenant, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            var old = _current.FindTenant(tenant.Id)?.Budgets ?? [];
            var budgets = old.Select(budget => InZoneOf(tenant, budget)).ToList();
            var reshaped = budgets.Where((budget, i) => budget.Shape != old[i].Shape).ToList();
            tenant = tenant with { Budgets = budgets };
            await SeedAsync(reshaped, cancellationToken);
            await store.SaveTenantAsync(tenant, cancellationToken);
            _current = _current.With(tenant);
            return tenant;
        },
        cancellationToken);

    /// <summary>Deletes the tenant with its keys and budgets; its ledger stays. False = there is none.</summary>
    public Task<bool> DeleteTenantAsync(string tenant, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            if (_current.FindTenant(tenant) is null)
                return false;
            await store.DeleteTenantAsync(tenant, cancellationToken);
            _current = _current.WithoutTenant(tenant);
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
            await store.SaveKeyAsync(stored, cancellationToken);
            _current = _current.With(stored);
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
            await store.SaveKeyAsync(revoked, cancellationToken);
            _current = _current.With(revoked);
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
            budget = InZoneOf(tenant, budget);
            IReadOnlyList<Budget> budgets = old is null
                ? [.. tenant.Budgets, budget]
                : [.. tenant.Budgets.Select(other => ReferenceEquals(other, old) ? budget : other)];
            if (old?.Shape != budget.Shape)
                await SeedAsync([budget], cancellationToken);
            await store.SaveBudgetAsync(budget, cancellationToken);
            _current = _current.With(tenant with { Budgets = budgets });
            return BudgetChange.Made;
        },
        cancellationToken);

    /// <summary>False = no such tenant or budget.</summary>
    public Task<bool> DeleteBudgetAsync(string tenant, string name, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            if (_current.FindBudget(tenant, name) is not { } found)
                return false;
            await store.DeleteBudgetAsync(tenant, name, cancellationToken);
            var owner = _current.FindTenant(tenant)!;
            _current = _current.With(owner with { Budgets = [.. owner.Budgets.Where(budget => !ReferenceEquals(budget, found))] });
            await ForgetAsync(tenant, name);
            return true;
        },
        cancellationToken);

    public Task<IssuedKey<AdminKey>> IssueAdminKeyAsync(string name, AdminRole role, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            var secret = KeySecret.NewAdmin();
            var key = new AdminKey(NewId("adk_"), name, role, secret.Prefix, Now(), secret.Hash);
            await store.SaveAdminKeyAsync(key, cancellationToken);
            _current = _current.With(key);
            return new IssuedKey<AdminKey>(key, secret);
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
            await store.DeleteAdminKeyAsync(id, cancellationToken);
            _current = _current.Without(found);
            return AdminKeyRemoval.Removed;
        },
        cancellationToken);

    public void Dispose() => _changes.Dispose();

    private static Budget InZoneOf(Tenant tenant, Budget budget) =>
        budget.InheritsTimeZone ? budget with { Window = budget.Window with { TimeZone = tenant.Zone } } : budget;

    private async Task<T> ChangeAsync<T>(Func<Task<T>> change, CancellationToken cancellationToken)
    {
        await _changes.WaitAsync(cancellationToken);
        try
        {
            return await change();
        }
        finally
        {
            _changes.Release();
        }
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
