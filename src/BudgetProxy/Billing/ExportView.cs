using BudgetProxy.Admin;
using BudgetProxy.Core.Money;
using BudgetProxy.Tenants;

namespace BudgetProxy.Billing;

/// <summary>How far the export is, for people.</summary>
internal sealed class ExportView(IBillingStore store, TenantDirectory directory, IServiceProvider services, TimeProvider clock)
{
    public const string TurnOn = "The export to Stripe is off: set BudgetProxy__Stripe__ApiKey to a secret or restricted key (sk_… or rk_…) and restart.";

    private const int MostWaiting = 100;

    private const string Link = "The tenant has no stripeCustomerId: set it, and its buckets go out; or give them up by POST /exports/stripe/tenants/{tenant}/write-off.";

    /// <summary>Null = the export is off.</summary>
    public BillingDesk? Desk { get; } = services.GetService<BillingDesk>();

    /// <param name="finished">Whether the run that was asked for has ended; null = none was.</param>
    public async Task<ExportDocument> ReadAsync(bool? finished, CancellationToken cancellationToken)
    {
        var state = await store.StateAsync(cancellationToken);
        var totals = await store.TotalsAsync(cancellationToken);
        var open = await store.OpenAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var snapshot = directory.Current;
        var waiting = open.Where(sum => sum.State is not (BucketState.Dead or BucketState.WrittenOff)).ToList();
        var unlinked = waiting.Where(sum => sum.State == BucketState.Pending && BillingTerms.Of(snapshot, sum.Tenant) is { Exists: true, Customer: null }).ToList();
        var parked = open.Where(sum => sum.State is BucketState.Parked or BucketState.Dead).ToList();
        DateTimeOffset? oldest = waiting.Count == 0 ? null : waiting.Min(sum => sum.Oldest);
        return new ExportDocument(
            Desk is not null,
            finished,
            Desk is null ? TurnOn : null,
            Meters(totals),
            Text(state.StartsAt),
            Text(state.LastRunAt),
            Desk is { } desk ? Text(state.LastRunAt + desk.Options.Interval ?? now) : null,
            state.Lease is { } lease && lease.Until > now ? new HolderDocument(lease.Owner, Desk?.Leases.Current?.Token == lease.Token, Names.Of(lease.Until)) : null,
            States(totals, open),
            Text(oldest),
            oldest is { } since ? Math.Max(0, (long)(now - since).TotalSeconds) : 0,
            unlinked.Select(sum => sum.Tenant).Distinct(StringComparer.Ordinal).Count(),
            Waiting(unlinked, _ => Link),
            parked.Select(sum => sum.Tenant).Distinct(StringComparer.Ordinal).Count(),
            Waiting(parked, sum => ExportTexts.ToDo(sum.State, sum.Cause)!),
            Note(state.Stopped),
            Note(state.Error));
    }

    private List<MeterDocument> Meters(IReadOnlyList<MeterTotal> totals)
    {
        var configured = Desk is { } desk ? BillingMeter.Of(desk.Options) : [];
        var names = configured.Select(meter => meter.Name).Concat(totals.Select(total => total.Meter)).Distinct(StringComparer.Ordinal);
        return
        [
            .. names.Select(name =>
            {
                var total = totals.FirstOrDefault(one => one.Meter == name);
                var unit = configured.FirstOrDefault(meter => meter.Name == name)?.Unit;
                return new MeterDocument(
                    name, unit is { } known ? Names.Of(known) : null, total?.Buckets ?? 0, (total?.Amount ?? NanoUsd.Zero).ToString(), total?.Value ?? 0);
            }),
        ];
    }

    private static Dictionary<string, StateDocument> States(IReadOnlyList<MeterTotal> totals, IReadOnlyList<OpenSum> open)
    {
        var states = new Dictionary<string, StateDocument>(StringComparer.Ordinal);
        // Those that are sent are nearly all, so they are what the others leave of the totals.
        var (buckets, amount) = (totals.Sum(total => total.Buckets), NanoUsd.Sum(totals.Select(total => total.Amount)));
        foreach (var state in new[] { BucketState.Pending, BucketState.Sending, BucketState.Unknown, BucketState.Parked, BucketState.Dead, BucketState.WrittenOff })
        {
            var those = open.Where(sum => sum.State == state).ToList();
            var (count, usd) = (those.Sum(sum => sum.Buckets), NanoUsd.Sum(those.Select(sum => sum.Amount)));
            states[BillingNames.Of(state)] = new StateDocument(count, usd.ToString());
            (buckets, amount) = (buckets - count, NanoUsd.Less(amount, usd));
        }

        states[BillingNames.Of(BucketState.Sent)] = new StateDocument(buckets, amount.ToString());
        return states;
    }

    private static List<WaitingDocument> Waiting(IEnumerable<OpenSum> sums, Func<OpenSum, string> todo) =>
    [
        .. sums.OrderByDescending(sum => sum.Amount).ThenBy(sum => sum.Tenant, StringComparer.Ordinal).Take(MostWaiting).Select(sum => new WaitingDocument(
            sum.Tenant, sum.Meter, sum.Buckets, sum.Amount.ToString(), Names.Of(sum.Oldest), BillingNames.Of(sum.Cause) ?? (sum.State == BucketState.Dead ? "dead" : null),
            sum.Error, todo(sum))),
    ];

    private static NoteDocument? Note((string Text, DateTimeOffset At)? note) => note is { } one ? new NoteDocument(one.Text, Names.Of(one.At)) : null;

    private static string? Text(DateTimeOffset? at) => at is { } one ? Names.Of(one) : null;
}
