using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Ledger;
using BudgetProxy.Rates;

namespace BudgetProxy.Invoices;

/// <summary>
/// Lays what providers billed beside the ledger, by day of UTC and model. A day is taken whole from the invoice that was imported last among those that cover it, so
/// that a newer export takes the place of an older one and nothing counts twice.
/// </summary>
internal sealed class InvoiceComparer(IInvoiceStore store, ILedger ledger, RateTable rates, TimeProvider clock)
{
    /// <summary>Days of one question at most.</summary>
    public const int MostDays = 400;

    /// <param name="from">The first day; null = that of the provider's invoices.</param>
    /// <param name="to">The last day; null likewise.</param>
    /// <returns>Null = there is no invoice of the provider, and so nothing to compare.</returns>
    public async Task<Comparison?> CompareAsync(Provider provider, DateOnly? from, DateOnly? to, CancellationToken cancellationToken)
    {
        var invoices = await store.ListAsync(provider, cancellationToken);
        if (invoices.Count == 0)
            return null;
        var (first, last) = DaysOf(invoices, from, to);

        var sources = new Dictionary<DateOnly, Invoice>();
        var missing = new List<DateOnly>();
        for (var day = first; day <= last; day = day.AddDays(1))
        {
            if (invoices.FirstOrDefault(invoice => invoice.Covers(day)) is { } source)
                sources.Add(day, source);
            else
                missing.Add(day);
        }

        var models = new InvoiceModels(rates.Current.Card, provider, clock.GetUtcNow());
        var lines = new Dictionary<(DateOnly Day, string Model), ComparedLine>();
        foreach (var invoice in sources.Values.Distinct())
        {
            foreach (var line in await store.LinesAsync(invoice.Id, first, last, cancellationToken))
            {
                if (sources.GetValueOrDefault(line.Day) == invoice)
                    Add(lines, line.Day, (line.Item, models.Find(line.Item, line.Day)), line.Cost, NanoUsd.Zero);
            }
        }

        if (sources.Count > 0)
            await AddLedgerAsync(provider, (first, last), sources, (models, lines), cancellationToken);
        return new Comparison(
            first, last, [.. lines.Values.OrderBy(line => line.Day).ThenBy(line => line.Model, StringComparer.Ordinal)], missing,
            [.. sources.Values.CountBy(invoice => invoice).Select(source => (source.Key, source.Value))]);
    }

    /// <summary>The days that were asked for; what was left open ends where the invoices do, or <see cref="MostDays"/> from the other end.</summary>
    private static (DateOnly First, DateOnly Last) DaysOf(IReadOnlyList<Invoice> invoices, DateOnly? from, DateOnly? to)
    {
        DateOnly earliest = invoices.Min(invoice => invoice.From), latest = invoices.Max(invoice => invoice.To);
        if (from is { } first)
            return (first, to ?? Earlier(latest < first ? first : latest, first.AddDays(MostDays - 1)));
        var last = to ?? latest;
        var begin = Earlier(earliest, last);
        return (last.DayNumber - begin.DayNumber >= MostDays ? last.AddDays(1 - MostDays) : begin, last);
    }

    private static DateOnly Earlier(DateOnly one, DateOnly other) => one < other ? one : other;

    private async Task AddLedgerAsync(
        Provider provider, (DateOnly First, DateOnly Last) days, Dictionary<DateOnly, Invoice> sources,
        (InvoiceModels Models, Dictionary<(DateOnly Day, string Model), ComparedLine> Lines) to, CancellationToken cancellationToken)
    {
        var filter = new LedgerFilter(From: InstantOf(days.First), To: InstantOf(days.Last.AddDays(1)));
        foreach (var total in await ledger.TotalsAsync(filter, UsageGroups.Provider | UsageGroups.Model | UsageGroups.Day, cancellationToken))
        {
            if (total.Provider == provider.Name() && total is { Day: { } day, Model: { } model } && sources.ContainsKey(day))
                Add(to.Lines, day, (model, to.Models.Find(model, day)), NanoUsd.Zero, total.Cost);
        }
    }

    private static void Add(
        Dictionary<(DateOnly Day, string Model), ComparedLine> lines, DateOnly day, (string Item, string? Known) model, NanoUsd invoiced, NanoUsd booked)
    {
        var key = (day, model.Known ?? model.Item);
        lines[key] = lines.TryGetValue(key, out var line)
            ? line with { Invoiced = line.Invoiced + invoiced, Booked = line.Booked + booked }
            : new ComparedLine(day, key.Item2, model.Known is not null, invoiced, booked);
    }

    private static DateTimeOffset InstantOf(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}
