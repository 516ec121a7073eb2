using BudgetProxy.Core.Budgets;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;
using BudgetProxy.Tenants;

namespace BudgetProxy.Rates;

/// <summary>
/// Prices a past period again by the rates of now: rows may be added with a past effectiveFrom, and a provider may correct a bill. Entries are never edited:
/// the difference of each is booked as an entry of its own, in the budgets' windows of the call. Streams: memory does not grow with the number of entries.
/// </summary>
public sealed class Rerating(RateTable table, IRateStore store, ILedger ledger, TenantDirectory directory, TimeProvider time)
{
    /// <summary>Entries whose corrections are looked up together, and corrections that are booked together.</summary>
    private const int Page = 500;

    /// <summary>Looks at every entry of the scope and books nothing.</summary>
    /// <exception cref="StoreUnavailableException">The ledger can't be read.</exception>
    public async Task<RerateReport> PreviewAsync(RerateScope scope, CancellationToken cancellationToken) =>
        await LookAsync(scope, await RatesAsync(cancellationToken), static _ => ValueTask.CompletedTask, cancellationToken);

    /// <summary>Books what a preview showed, if it would show the same now.</summary>
    /// <param name="id">The preview's.</param>
    /// <returns>The report and, where nothing was booked, why.</returns>
    /// <exception cref="StoreUnavailableException">Some may be booked; a repeat books the rest.</exception>
    public async Task<(RerateReport? Report, string? Problem)> ApplyAsync(RerateScope scope, string id, CancellationToken cancellationToken)
    {
        // Two that book at once could each miss what the other books of one entry.
        await using var held = await store.TryHoldAsync(cancellationToken);
        if (held is null)
            return (null, "Another re-rating is being booked. Make a new preview when it is done.");
        // One state of the rates for both, so that nothing is booked at a row which came while it was looked at.
        var rates = await RatesAsync(cancellationToken);
        using (var now = await LookAsync(scope, rates, static _ => ValueTask.CompletedTask, cancellationToken))
        {
            if (now.Id != id)
                return (null, $"This is not what the preview {id} showed: the scope, the rate table or the ledger have changed since, or it was booked before. Make a new preview.");
        }

        return (await LookAsync(scope, rates, corrections => BookAsync(corrections, cancellationToken), cancellationToken), null);
    }

    private async Task<RateSnapshot> RatesAsync(CancellationToken cancellationToken)
    {
        await table.RefreshAsync(cancellationToken);
        return table.Current;
    }

    private async Task<RerateReport> LookAsync(
        RerateScope scope, RateSnapshot rates, Func<List<LedgerEntry>, ValueTask> book, CancellationToken cancellationToken)
    {
        var report = new RerateReport(scope, rates);
        var page = new List<LedgerEntry>(Page);
        await foreach (var entry in ledger.StreamAsync(scope.Filter, cancellationToken))
        {
            // What corrects an entry is looked at with that entry, whenever it was settled.
            if (entry.Adjusts is not null || (scope.Provider is not null && entry.Provider != scope.Provider))
                continue;
            page.Add(entry);
            if (page.Count == Page)
                await LookAsync(page, rates, report, book, cancellationToken);
        }

        await LookAsync(page, rates, report, book, cancellationToken);
        return report.End();
    }

    private async Task LookAsync(
        List<LedgerEntry> page, RateSnapshot rates, RerateReport report, Func<List<LedgerEntry>, ValueTask> book, CancellationToken cancellationToken)
    {
        if (page.Count == 0)
            return;
        var corrections = (await ledger.CorrectionsAsync([.. page.Select(entry => entry.Id)], cancellationToken)).ToLookup(entry => entry.Adjusts!.Value);
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var made = new List<LedgerEntry>();
        foreach (var entry in page)
        {
            var repricing = new EntryRepricing(rates, entry, corrections[entry.Id]);
            report.Add(entry, repricing, repricing.Decide(now));
            if (repricing.Correction is { } correction)
                made.Add(correction);
        }

        page.Clear();
        if (made.Count > 0)
            await book(made);
    }

    private async ValueTask BookAsync(List<LedgerEntry> corrections, CancellationToken cancellationToken)
    {
        var tenants = directory.Current;
        foreach (var own in corrections.GroupBy(entry => entry.Tenant, StringComparer.Ordinal))
        {
            IReadOnlyList<Budget> budgets = tenants.FindTenant(own.Key)?.Budgets ?? [];
            await ledger.AppendAsync([.. own], budgets, cancellationToken);
        }
    }
}
