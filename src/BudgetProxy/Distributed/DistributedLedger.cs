using System.Runtime.CompilerServices;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Distributed.Redis;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;

namespace BudgetProxy.Distributed;

/// <summary>The ledger in Postgres, read with what is still on its way there: whoever has a call's answer finds its entry.</summary>
internal sealed class DistributedLedger(Shards shards, Outbox outbox, Bookings bookings, PostgresLedger ledger) : ILedger
{
    public async ValueTask<IReadOnlyCollection<Guid>> AppendAsync(
        IReadOnlyList<LedgerEntry> entries, IReadOnlyList<Budget> budgets, CancellationToken cancellationToken) =>
        await bookings.AppendAsync(entries, budgets, cancellationToken);

    public async ValueTask<IReadOnlyList<UsageTotal>> TotalsAsync(LedgerFilter filter, UsageGroups groups, CancellationToken cancellationToken)
    {
        await CatchUpAsync(Of(filter), cancellationToken);
        return await ledger.TotalsAsync(filter, groups, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<IReadOnlyList<UsageTotal>>> TotalsAsync(IReadOnlyList<UsageQuestion> questions, CancellationToken cancellationToken)
    {
        await CatchUpAsync(questions.All(question => question.Filter.Tenant is not null)
            ? questions.Select(question => shards[question.Filter.Tenant!]).Distinct() : shards.All, cancellationToken);
        return await ledger.TotalsAsync(questions, cancellationToken);
    }

    public ValueTask<RollUpStep> RollUpAsync(int most, CancellationToken cancellationToken) => ledger.RollUpAsync(most, cancellationToken);

    public async ValueTask<CallPage> NewestAsync(CallFilter filter, string? after, int most, CancellationToken cancellationToken)
    {
        await CatchUpAsync(filter.Tenant is { } tenant ? [shards[tenant]] : shards.All, cancellationToken);
        return await ledger.NewestAsync(filter, after, most, cancellationToken);
    }

    public async IAsyncEnumerable<LedgerEntry> StreamAsync(LedgerFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await CatchUpAsync(Of(filter), cancellationToken);
        await foreach (var entry in ledger.StreamAsync(filter, cancellationToken))
            yield return entry;
    }

    public async ValueTask ArriveAsync(IEnumerable<string>? tenants, CancellationToken cancellationToken)
    {
        foreach (var shard in tenants?.Select(tenant => shards[tenant]).Distinct() ?? shards.All)
            await outbox.CopyAsync(shard, cancellationToken);
    }

    public async ValueTask<bool> HasAsync(string tenant, Guid id, CancellationToken cancellationToken)
    {
        // An entry that is still in Redis alone must be seen, so here Redis has to be there.
        await outbox.CopyAsync(shards[tenant], cancellationToken);
        return await ledger.HasAsync(tenant, id, cancellationToken);
    }

    /// <summary>As far as Postgres has them: who needs all reads the ledger first, which brings over what is on its way.</summary>
    public ValueTask<IReadOnlyList<LedgerEntry>> CorrectionsAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        ledger.CorrectionsAsync(ids, cancellationToken);

    public ValueTask<string?> BookmarkAsync(string name, CancellationToken cancellationToken) => ledger.BookmarkAsync(name, cancellationToken);

    public ValueTask MoveBookmarkAsync(string name, string value, CancellationToken cancellationToken) => ledger.MoveBookmarkAsync(name, value, cancellationToken);

    private IEnumerable<Shard> Of(LedgerFilter filter) => filter.Tenant is { } tenant ? [shards[tenant]] : shards.All;

    private async Task CatchUpAsync(IEnumerable<Shard> behind, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var shard in behind)
                await outbox.CopyAsync(shard, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            // Without Redis the books are read as far as they have come.
        }
    }
}
