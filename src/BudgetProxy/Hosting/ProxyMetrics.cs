using System.Diagnostics.Metrics;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Distributed;
using BudgetProxy.Insight;

namespace BudgetProxy.Hosting;

/// <summary>
/// Everything the proxy counts about itself, by what happened. No label comes from a tenant or a caller, so that the number of series is bounded.
/// Money is counted in whole nano-dollars and shown in USD.
/// </summary>
public sealed class ProxyMetrics : IDisposable
{
    /// <summary>The unit of instruments that count nano-dollars.</summary>
    internal const string NanoUsdUnit = "nUSD";

    private readonly Counter<long> _admitted;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _wouldBlock;
    private readonly Counter<long> _clamped;
    private readonly Counter<long> _providerCounts;
    private readonly Counter<long> _settled;
    private readonly Counter<long> _unknownBuckets;
    private readonly Counter<long> _voided;
    private readonly Counter<long> _expired;
    private readonly Counter<long> _cost;
    private readonly Counter<long> _tokens;
    private readonly Counter<long> _overruns;
    private readonly Counter<long> _overrunCost;
    private readonly Counter<long> _batches;
    private readonly Counter<long> _batchLines;
    private readonly Counter<long> _storeFailures;
    private readonly Gauge<long> _drift;
    private readonly Gauge<long> _usageDrift;
    private readonly Gauge<long> _ratesAge;
    private readonly Counter<long> _directoryFile;
    private readonly Gauge<long> _directoryFileInForce;

    private readonly RefusalTally _refusals;

    /// <param name="refusals">Where what belongs to a tenant is counted: no label here comes from one.</param>
    public ProxyMetrics(RefusalTally refusals)
    {
        _refusals = refusals;
        Meter = new Meter("BudgetProxy");
        _admitted = Counter("calls.admitted", "{call}", "Calls that were reserved and forwarded.");
        _refused = Counter("calls.refused", "{call}", "Calls that were refused before they reached a provider, by code.");
        _wouldBlock = Counter("calls.would_block", "{call}", "Admitted calls that a shadow budget would have refused.");
        _clamped = Counter("calls.clamped", "{call}", "Admitted calls whose output limit was lowered to what a budget could take.");
        _providerCounts = Counter("provider_counts", "{question}", "Times that a provider's own counter was asked before refusing a call, by what came of it.");
        _settled = Counter("calls.settled", "{call}", "Calls whose cost was booked, by where their usage comes from.");
        _unknownBuckets = Counter("calls.unknown_bucket", "{call}", "Calls whose answer counted something that no price is known for: settled at the dearest that is.");
        _voided = Counter("calls.voided", "{call}", "Calls that the provider can't have billed.");
        _expired = Counter("reservations.expired", "{reservation}", "Reservations whose owner vanished, charged at their worst case.");
        _cost = Counter("cost", NanoUsdUnit, "What the providers take for settled calls.");
        _tokens = Counter("tokens", "{token}", "Tokens of settled calls, by disjoint bucket.");
        _overruns = Counter("overruns", "{call}", "Calls that cost more than was reserved.");
        _overrunCost = Counter("overrun_cost", NanoUsdUnit, "The part of costs above the reservation.");
        _batches = Counter("batches", "{batch}", "Batches, by what became of them.");
        _batchLines = Counter("batch_lines", "{line}", "Lines of batches that came to their end, by what became of them.");
        _storeFailures = Counter("store.failures", "{operation}", "Store operations that failed.");
        _drift = Meter.CreateGauge<long>("budgetproxy.invariant.drift", "{unit}", "Counters' distance from the ledger at the last check; must be 0.");
        _usageDrift = Meter.CreateGauge<long>("budgetproxy.usage.drift", "{unit}", "Distance of the sums that totals are read from to the ledger at the last check; must be 0.");
        _ratesAge = Meter.CreateGauge<long>("budgetproxy.rates.age_days", "d", "Days since the shipped rates were compiled or a file of rates was last imported.");
        _directoryFile = Counter("directory_file.reads", "{file}", "Times that the directory file was read because it was new or had changed, by what came of it.");
        _directoryFileInForce = Meter.CreateGauge<long>("budgetproxy.directory_file.in_force", "{file}", "1 = the directory file as it now stands is applied; 0 = it is not, and the directory is as it was before.");
    }

    internal Meter Meter { get; }

    /// <summary>A call was reserved and goes to the provider.</summary>
    public void CallAdmitted() => _admitted.Add(1);

    /// <summary>A call was refused before it reached a provider.</summary>
    /// <param name="code">One of the contract's refusal codes, such as <c>budget_exceeded</c>.</param>
    /// <param name="tenant">Whose call it was; null = its key named nobody.</param>
    /// <param name="budget">The budget that refused; null = none did.</param>
    /// <param name="model">What the call asked for; null = it had not come so far.</param>
    public void CallRefused(string code, string? tenant = null, string? budget = null, string? model = null)
    {
        _refused.Add(1, new KeyValuePair<string, object?>("code", code));
        _refusals.Count(tenant, code, budget, model);
    }

    /// <summary>A shadow budget would have refused a call that was admitted.</summary>
    public void CallWouldBlock() => _wouldBlock.Add(1);

    /// <summary>An admitted call's output limit was lowered.</summary>
    public void CallClamped() => _clamped.Add(1);

    /// <summary>A provider's counter was asked before refusing a call.</summary>
    /// <param name="outcome"><c>lower</c>, <c>no_lower</c> than what was reserved for, or <c>failed</c>.</param>
    public void ProviderCounted(string outcome) => _providerCounts.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>An admitted call's cost was booked.</summary>
    public void CallSettled(UsageBasis basis, in Usage usage, NanoUsd cost)
    {
        _settled.Add(1, new KeyValuePair<string, object?>("basis", Name(basis)));
        _cost.Add(cost.Value);
        AddTokens("input", usage.Input);
        AddTokens("cached_input", usage.CachedInput);
        AddTokens("cache_write", usage.CacheWriteShort + usage.CacheWriteLong);
        AddTokens("output", usage.Output);
    }

    /// <summary>A call's answer counted something that no price is known for.</summary>
    public void UnknownBucketSettled() => _unknownBuckets.Add(1);

    /// <summary>An admitted call was dropped: the provider can't have billed it.</summary>
    public void CallVoided() => _voided.Add(1);

    /// <summary>A call cost more than was reserved, by this much.</summary>
    public void CallOverran(NanoUsd overrun)
    {
        _overruns.Add(1);
        _overrunCost.Add(overrun.Value);
    }

    /// <summary>A batch took a step.</summary>
    /// <param name="outcome"><c>admitted</c>, <c>dropped</c>, <c>settled</c> or <c>lost</c>.</param>
    public void BatchMoved(string outcome) => _batches.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>Lines of a batch ended.</summary>
    /// <param name="outcome"><c>reported</c>, <c>presumed</c>, <c>released</c>, or of results <c>unknown</c> (not a line of ours) and <c>unreadable</c>.</param>
    public void BatchLinesEnded(string outcome, int count)
    {
        if (count > 0)
            _batchLines.Add(count, new KeyValuePair<string, object?>("outcome", outcome));
    }

    /// <summary>Reservations were charged as Presumed.</summary>
    public void ReservationsExpired(int count) => _expired.Add(count);

    /// <summary>Shows what the store says of itself whenever the page is read. Once, before the page is made.</summary>
    /// <param name="steps">Steps taken since the start; divided by <paramref name="commits"/>, the mean batch.</param>
    public void WatchStore(Func<long> openReservations, Func<long> commits, Func<long> steps)
    {
        Meter.CreateObservableGauge("budgetproxy.reservations.open", openReservations, "{reservation}", "Reservations that are open now.");
        Meter.CreateObservableCounter("budgetproxy.store.commits", commits, "{commit}", "Transactions of the store.");
        Meter.CreateObservableCounter("budgetproxy.store.steps", steps, "{operation}", "Operations of the store; several share one commit.");
    }

    /// <summary>Shows what the distributed store says of itself whenever the page is read. Once, before the page is made.</summary>
    internal void WatchDistributed(DistributedStore store)
    {
        Meter.CreateObservableGauge("budgetproxy.reservations.open", () => store.OpenReservations, "{reservation}", "Open reservations of this proxy.");
        Meter.CreateObservableGauge("budgetproxy.outbox.length", () => store.OutboxLength, "{entry}", "Entries in Redis on their way to the ledger, of all proxies.");
        Meter.CreateObservableGauge("budgetproxy.outbox.lag", () => store.OutboxMilliseconds, "ms", "How long the oldest of these entries has waited.");
        Meter.CreateObservableGauge("budgetproxy.spool.length", () => store.Spooled, "{call}", "Ends of calls that wait on this machine's disk for Redis.");
        Meter.CreateObservableCounter("budgetproxy.outbox.dead_letters", () => store.DeadLetters, "{entry}", "Entries that could not be read and were put aside.");
        Meter.CreateObservableCounter("budgetproxy.recoveries", () => store.Recoveries, "{recovery}", "Times that this proxy led in making the counters again.");
    }

    public void StoreFailed() => _storeFailures.Add(1);

    /// <summary>Counters were compared with the ledger.</summary>
    /// <param name="distance">Sum of the absolute differences, in nano-dollars, calls and tokens; 0 = they agree.</param>
    public void DriftMeasured(long distance) => _drift.Record(distance);

    /// <summary>The sums of the ledger were compared with its entries.</summary>
    /// <param name="distance">Sum of the absolute differences, in nano-dollars, calls and tokens; 0 = they agree.</param>
    public void UsageDriftMeasured(long distance) => _usageDrift.Record(distance);

    /// <summary>The age of the rates was measured.</summary>
    /// <param name="days">Since the shipped card was compiled or a file was last imported, whichever was later.</param>
    public void RatesAged(long days) => _ratesAge.Record(days);

    /// <summary>The directory file was read.</summary>
    /// <param name="outcome"><c>applied</c>, <c>unchanged</c> (there was nothing to do), <c>refused</c> (it is at fault) or <c>unavailable</c> (the store is away; it is tried again).</param>
    public void DirectoryFileRead(string outcome)
    {
        _directoryFile.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        _directoryFileInForce.Record(outcome is "applied" or "unchanged" ? 1 : 0);
    }

    public void Dispose() => Meter.Dispose();

    /// <summary>Shows what has no label at 0 from the start, so that a rate can be taken of the first event.</summary>
    internal void Announce()
    {
        foreach (var counter in new[] { _admitted, _wouldBlock, _clamped, _voided, _expired, _cost, _overruns, _overrunCost, _storeFailures })
            counter.Add(0);
        _drift.Record(0);
        _usageDrift.Record(0);
    }

    private static string Name(UsageBasis basis) => basis switch
    {
        UsageBasis.Reported => "reported",
        UsageBasis.Counted => "counted",
        UsageBasis.Presumed => "presumed",
        _ => "estimated",
    };

    private Counter<long> Counter(string name, string unit, string description) =>
        Meter.CreateCounter<long>("budgetproxy." + name, unit, description);

    private void AddTokens(string bucket, long count)
    {
        if (count > 0)
            _tokens.Add(count, new KeyValuePair<string, object?>("bucket", bucket));
    }
}
