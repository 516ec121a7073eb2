using BudgetProxy.Audit;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Reservations;

namespace BudgetProxy.Tenants;

/// <summary>
/// Holds the snapshot in force and takes every change to it: take in what other proxies changed, decide, write to the store, then swap. A change is stored
/// only where nothing was changed since it was decided on, here or by another proxy; else it is decided anew. A change that could not be stored changes
/// nothing. Calls read <see cref="Current"/> and never wait for a change. Every change may throw <see cref="StoreUnavailableException"/>.
/// </summary>
public sealed partial class TenantDirectory(IDirectoryStore store, IReservationStore reservations, TimeProvider time) : IDisposable
{
    /// <summary>Characters of a configured admin key at least; a shorter one can be guessed.</summary>
    public const int MinConfiguredKeyChars = 16;

    /// <summary>The public id of the admin key that stands in the configuration.</summary>
    public const string ConfiguredKeyId = "configured";

    /// <summary>Each try that fails is another's change, so that many proxies at once take a while and none waits for ever.</summary>
    private const int MostTries = 200;

    /// <summary>Longest pause between two tries; how long each is falls by chance, so that no proxy is always the slower one.</summary>
    private const int MostPauseMilliseconds = 20;

    /// <summary>Changes of this proxy come one after the other, so that they don't make each other void. Not held while counters are made.</summary>
    private readonly SemaphoreSlim _changes = new(1);

    /// <summary>Held while a change is stored and swapped in, and while those of others are taken in, so that an older state never replaces a newer one.</summary>
    private readonly SemaphoreSlim _swaps = new(1);

    private volatile DirectoryState _state = new(DirectorySnapshot.Empty, 0);

    /// <summary>The admin key of the configuration, which is stored nowhere; null = none.</summary>
    private AdminKey? _configured;

    /// <summary>The snapshot in force; take it once a call.</summary>
    public DirectorySnapshot Current => _state.Snapshot;

    /// <summary>
    /// Reads the directory from the store and sees to it that there is an admin key: the configured one, else a stored one, else one made now. Called
    /// once, before the first call is served.
    /// </summary>
    /// <param name="configuredAdminKey">As configured, at least <see cref="MinConfiguredKeyChars"/> characters; null or empty = none.</param>
    /// <returns>The admin key just made, to be printed once; null when there was one.</returns>
    public async Task<KeySecret?> StartAsync(string? configuredAdminKey, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(configuredAdminKey))
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(configuredAdminKey.Length, MinConfiguredKeyChars, nameof(configuredAdminKey));
            _configured = new AdminKey(ConfiguredKeyId, ConfiguredKeyId, AdminRole.Admin, "", time.GetUtcNow(), KeyHash.Of(configuredAdminKey));
        }

        var content = await store.LoadAsync(cancellationToken);
        _state = StateOf(DirectorySnapshot.Of(content), content.Version);
        var first = NewAdminKey("first", AdminRole.Admin);
        // Of proxies that start at once, one makes the first key.
        var made = await ChangeAsync(
            current => current.AdminKeys.Any(key => key.Role == AdminRole.Admin)
                ? Decision<IssuedKey<AdminKey>>.No(EditOutcome.Done)
                : AdminKeyEdits.Issue(current, first, new Edit(AuditActor.Proxy), Now()),
            cancellationToken);
        return made.Value?.Secret;
    }

    /// <summary>Takes in what other proxies have changed; the snapshot stays in force where the store can't be read.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _swaps.WaitAsync(cancellationToken);
        try
        {
            if (await store.ChangesSinceAsync(_state.Version, cancellationToken) is { } changes)
                _state = StateOf(_state.Snapshot.With(changes), changes.Content.Version);
        }
        finally
        {
            _swaps.Release();
        }
    }

    /// <summary>Makes the tenant, or replaces all of its own fields; its keys and budgets stay, whatever <see cref="Tenant.Budgets"/> says.</summary>
    /// <returns>
    /// The tenant as it now stands; else <see cref="EditOutcome.Changed"/>, <see cref="EditOutcome.NoSuchPlan"/>, <see cref="EditOutcome.TooManyBudgets"/>,
    /// <see cref="EditOutcome.NoCredit"/>, <see cref="EditOutcome.LosesCredit"/>, or <see cref="EditOutcome.UsageWaits"/> with the reason.
    /// </returns>
    public Task<Edited<Tenant>> PutTenantAsync(Tenant tenant, Edit edit, CancellationToken cancellationToken) =>
        ChangeAsync(current => TenantEdits.Put(current, tenant, edit, Now()), cancellationToken);

    /// <summary>Deletes the tenant with its keys and budgets; its ledger stays. A prepaid balance that goes with it is in the audit trail.</summary>
    /// <returns>The tenant that was; else <see cref="EditOutcome.NoSuchTenant"/>, <see cref="EditOutcome.Changed"/> or <see cref="EditOutcome.LosesCredit"/> with the reason.</returns>
    public Task<Edited<Tenant>> DeleteTenantAsync(string tenant, Edit edit, CancellationToken cancellationToken) =>
        ChangeAsync(current => TenantEdits.Delete(current, tenant, edit, Now()), cancellationToken);

    /// <summary>Makes a virtual key with what <paramref name="wanted"/> pins; its id, prefix and time are set here.</summary>
    /// <returns>The key with its secret; else <see cref="EditOutcome.NoSuchTenant"/>.</returns>
    public Task<Edited<IssuedKey<VirtualKey>>> IssueKeyAsync(VirtualKey wanted, Edit edit, CancellationToken cancellationToken)
    {
        var issued = NewKey(wanted);
        return ChangeAsync(current => KeyEdits.Issue(current, issued, edit, Now()), cancellationToken);
    }

    /// <summary>Stops the key at once and for good.</summary>
    /// <returns>The key as it now stands; else <see cref="EditOutcome.NotFound"/>, also where it was revoked before, or <see cref="EditOutcome.Changed"/>.</returns>
    public Task<Edited<VirtualKey>> RevokeKeyAsync(string tenant, string id, Edit edit, CancellationToken cancellationToken) =>
        ChangeAsync(current => KeyEdits.Revoke(current, (tenant, id), edit, Now()), cancellationToken);

    /// <summary>Replaces the name of a key, what it pins and when it ends, by its tenant and id; the secret stays.</summary>
    /// <returns>The key as it now stands; else <see cref="EditOutcome.NotFound"/>, <see cref="EditOutcome.KeyIsOver"/> or <see cref="EditOutcome.Changed"/>.</returns>
    public Task<Edited<VirtualKey>> PutKeyAsync(VirtualKey key, Edit edit, CancellationToken cancellationToken) =>
        ChangeAsync(current => KeyEdits.Put(current, key, edit, Now()), cancellationToken);

    /// <summary>Makes a key that pins the same as an old one, which goes on for the overlap and then ends.</summary>
    /// <param name="expiresAt">When the new key ends; null = never.</param>
    /// <returns>The new key with its secret; else <see cref="EditOutcome.NoSuchTenant"/>, <see cref="EditOutcome.NotFound"/>, <see cref="EditOutcome.KeyIsOver"/> or <see cref="EditOutcome.Changed"/>.</returns>
    public Task<Edited<IssuedKey<VirtualKey>>> RotateKeyAsync(
        (string Tenant, string Id) old, TimeSpan overlap, DateTimeOffset? expiresAt, Edit edit, CancellationToken cancellationToken)
    {
        var fresh = NewKey(new VirtualKey { Id = "", Prefix = "", Name = "", Tenant = old.Tenant, ExpiresAt = expiresAt });
        return ChangeAsync(current => KeyEdits.Rotate(current, (fresh, old.Id, overlap), edit, Now()), cancellationToken);
    }

    /// <summary>
    /// Makes or replaces a budget of the tenant's own, which then stands before one of its plan by that name. Where it is new or counts other calls than
    /// before, its counters are made from the ledger.
    /// </summary>
    /// <returns>The budget as it now stands; else <see cref="EditOutcome.NoSuchTenant"/>, <see cref="EditOutcome.Changed"/> or <see cref="EditOutcome.TooManyBudgets"/>.</returns>
    public Task<Edited<Budget>> PutBudgetAsync(Budget budget, Edit edit, CancellationToken cancellationToken) =>
        ChangeAsync(current => BudgetEdits.Put(current, budget, edit, Now()), cancellationToken);

    /// <summary>Deletes a budget of the tenant's own; one of its plan by that name comes into force.</summary>
    /// <returns>The budget that was; else <see cref="EditOutcome.NotFound"/>, <see cref="EditOutcome.OfPlan"/> or <see cref="EditOutcome.Changed"/>.</returns>
    public Task<Edited<Budget>> DeleteBudgetAsync(string tenant, string name, Edit edit, CancellationToken cancellationToken) =>
        ChangeAsync(current => BudgetEdits.Delete(current, (tenant, name), edit, Now()), cancellationToken);

    /// <summary>Makes or replaces a plan; it holds for every tenant on it at once. Their counters are made from the ledger first, where budgets are new or count otherwise.</summary>
    /// <returns>The plan as it now stands; else <see cref="EditOutcome.Changed"/>, <see cref="EditOutcome.TooManyPlans"/>, or <see cref="EditOutcome.TooManyBudgets"/>, <see cref="EditOutcome.NoCredit"/> or <see cref="EditOutcome.LosesCredit"/> with the tenant.</returns>
    public Task<Edited<Plan>> PutPlanAsync(Plan plan, Edit edit, CancellationToken cancellationToken) =>
        ChangeAsync(current => PlanEdits.Put(current, plan, edit, Now()), cancellationToken);

    /// <summary>Deletes a plan that no tenant is on.</summary>
    /// <returns>The plan that was; else <see cref="EditOutcome.NotFound"/>, <see cref="EditOutcome.Changed"/> or <see cref="EditOutcome.PlanInUse"/> with a tenant.</returns>
    public Task<Edited<Plan>> DeletePlanAsync(string plan, Edit edit, CancellationToken cancellationToken) =>
        ChangeAsync(current => PlanEdits.Delete(current, plan, edit, Now()), cancellationToken);

    public async Task<IssuedKey<AdminKey>> IssueAdminKeyAsync(string name, AdminRole role, Edit edit, CancellationToken cancellationToken)
    {
        var issued = NewAdminKey(name, role);
        return (await ChangeAsync(current => AdminKeyEdits.Issue(current, issued, edit, Now()), cancellationToken)).Value!;
    }

    /// <returns>The key that was; else <see cref="EditOutcome.NotFound"/>, <see cref="EditOutcome.Configured"/> or <see cref="EditOutcome.LastAdmin"/>.</returns>
    public Task<Edited<AdminKey>> RemoveAdminKeyAsync(string id, Edit edit, CancellationToken cancellationToken) =>
        ChangeAsync(current => AdminKeyEdits.Remove(current, id, edit, Now()), cancellationToken);

    public void Dispose()
    {
        _changes.Dispose();
        _swaps.Dispose();
    }

    /// <summary>An id for a new virtual key.</summary>
    internal string NewKeyId() => NewId("key_");

    /// <summary>Decides on a fresh snapshot, makes the counters that the change needs, and stores it if it still comes to the same.</summary>
    /// <param name="decide">Asked again whenever the directory was changed meanwhile.</param>
    internal async Task<Edited<T>> ChangeAsync<T>(Func<DirectorySnapshot, Decision<T>> decide, CancellationToken cancellationToken)
        where T : class
    {
        var seeding = new CounterSeeding(reservations);
        var newcomers = new Newcomers(this);
        var begun = new Dictionary<(string Tenant, string Name), BudgetAct>();
        try
        {
            for (var tries = 0; tries < MostTries; tries++)
            {
                var (decision, basis, counters, stored) = await TryAsync(decide, seeding, (newcomers, begun), cancellationToken);
                if (stored || counters is null)
                {
                    await seeding.FinishAsync(Current, counters);
                    return decision.Result;
                }

                if (newcomers.MustAsk)
                {
                    if (await newcomers.AskAsync(cancellationToken) is not { } why)
                        continue;
                    await seeding.FinishAsync(Current, null);
                    return new Edited<T>(EditOutcome.UsageWaits, null, why);
                }

                if (seeding.Missing(basis, counters.Seeds) is { Count: > 0 } missing)
                    await seeding.MakeAsync(basis, missing, cancellationToken);
                else
                    await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(MostPauseMilliseconds)), time, cancellationToken);
            }

            throw new StoreUnavailableException("Too many others change the directory at the same time.");
        }
        catch
        {
            await PutRightAsync(seeding);
            throw;
        }
    }

    /// <summary>Makes counters again those of the definitions in force, after a change that was not stored as far as is known.</summary>
    private async Task PutRightAsync(CounterSeeding seeding)
    {
        if (!seeding.HasMade)
            return;
        try
        {
            // A step whose answer was lost may be stored all the same: then these counters are wanted.
            await RefreshAsync(CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // What was in force last is the best that is known.
        }

        await seeding.FinishAsync(Current, null);
    }

    /// <returns>What was decided on which snapshot; what it means for counters, null where nothing is to change; and whether it is stored.</returns>
    private async Task<(Decision<T> Decision, DirectorySnapshot Basis, CounterChanges? Counters, bool Stored)> TryAsync<T>(
        Func<DirectorySnapshot, Decision<T>> decide, CounterSeeding seeding,
        (Newcomers Newcomers, Dictionary<(string Tenant, string Name), BudgetAct> Begun) known, CancellationToken cancellationToken)
        where T : class
    {
        await _changes.WaitAsync(cancellationToken);
        try
        {
            await RefreshAsync(cancellationToken);
            var state = _state;
            var decision = await WithCreditAsync(state.Snapshot, decide(state.Snapshot), (known.Begun, seeding), cancellationToken);
            if (decision.Next is not { } next)
                return (decision, state.Snapshot, null, false);
            var counters = CounterChanges.Between(state.Snapshot, next, decision.Tenants);
            var stored = known.Newcomers.AreAsked(state.Snapshot, decision.Write) && seeding.Missing(state.Snapshot, counters.Seeds).Count == 0
                && await StoreAsync(state, next, decision.Write, cancellationToken);
            return (decision, state.Snapshot, counters, stored);
        }
        finally
        {
            _changes.Release();
        }
    }

    /// <summary>Stores a step and swaps in what it leads to.</summary>
    /// <returns>False = another change came first; nothing was stored.</returns>
    private async Task<bool> StoreAsync(DirectoryState basis, DirectorySnapshot next, DirectoryWrite write, CancellationToken cancellationToken)
    {
        await _swaps.WaitAsync(cancellationToken);
        try
        {
            if (!ReferenceEquals(_state, basis))
                return false;
            var audit = write.Audit.Select(entry => entry.Bounded());
            if (await store.WriteAsync(write with { Since = basis.Version, Audit = [.. audit] }, cancellationToken) is not { } version)
                return false;
            _state = new DirectoryState(next, version);
            return true;
        }
        finally
        {
            _swaps.Release();
        }
    }

    private DirectoryState StateOf(DirectorySnapshot snapshot, long version) => new(_configured is null ? snapshot : snapshot.With(_configured), version);

    private IssuedKey<VirtualKey> NewKey(VirtualKey wanted)
    {
        var secret = KeySecret.NewVirtual();
        return new IssuedKey<VirtualKey>(wanted with { Id = NewKeyId(), Prefix = secret.Prefix, CreatedAt = Now() }, secret);
    }

    private IssuedKey<AdminKey> NewAdminKey(string name, AdminRole role)
    {
        var secret = KeySecret.NewAdmin();
        return new IssuedKey<AdminKey>(new AdminKey(NewId("adk_"), name, role, secret.Prefix, Now(), secret.Hash), secret);
    }

    private string NewId(string kind) => $"{kind}{Guid.CreateVersion7(time.GetUtcNow()):N}";

    /// <summary>Whole milliseconds, as the store keeps them, so that an answer now and one after a restart are the same.</summary>
    internal DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
}
