using System.Diagnostics.Metrics;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;

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
    private readonly Counter<long> _settled;
    private readonly Counter<long> _voided;
    private readonly Counter<long> _expired;
    private readonly Counter<long> _cost;
    private readonly Counter<long> _tokens;
    private readonly Counter<long> _overruns;
    private readonly Counter<long> _overrunCost;
    private readonly Counter<long> _storeFailures;
    private readonly Histogram<long> _batch;
    private readonly UpDownCounter<long> _open;
    private readonly Gauge<long> _drift;

    public ProxyMetrics()
    {
        Meter = new Meter("BudgetProxy");
        _admitted = Counter("calls.admitted", "{call}", "Calls that were reserved and forwarded.");
        _refused = Counter("calls.refused", "{call}", "Calls that were refused before they reached a provider, by code.");
        _wouldBlock = Counter("calls.would_block", "{call}", "Admitted calls that a shadow budget would have refused.");
        _settled = Counter("calls.settled", "{call}", "Calls whose cost was booked, by where their usage comes from.");
        _voided = Counter("calls.voided", "{call}", "Calls that the provider can't have billed.");
        _expired = Counter("reservations.expired", "{reservation}", "Reservations whose owner vanished, charged at their worst case.");
        _cost = Counter("cost", NanoUsdUnit, "What the providers take for settled calls.");
        _tokens = Counter("tokens", "{token}", "Tokens of settled calls, by disjoint bucket.");
        _overruns = Counter("overruns", "{call}", "Calls that cost more than was reserved.");
        _overrunCost = Counter("overrun_cost", NanoUsdUnit, "The part of costs above the reservation.");
        _storeFailures = Counter("store.failures", "{operation}", "Store operations that failed.");
        _batch = Meter.CreateHistogram<long>("budgetproxy.store.batch_size", "{operation}", "Operations that shared one commit.");
        _open = Meter.CreateUpDownCounter<long>("budgetproxy.reservations.open", "{reservation}", "Reservations that are open now.");
        _drift = Meter.CreateGauge<long>("budgetproxy.invariant.drift", "{unit}", "Counters' distance from the ledger at the last check; must be 0.");
    }

    internal Meter Meter { get; }

    /// <summary>A call was reserved and goes to the provider.</summary>
    public void CallAdmitted()
    {
        _admitted.Add(1);
        _open.Add(1);
    }

    /// <summary>A call was refused before it reached a provider.</summary>
    /// <param name="code">One of the contract's refusal codes, such as <c>budget_exceeded</c>.</param>
    public void CallRefused(string code) => _refused.Add(1, new KeyValuePair<string, object?>("code", code));

    /// <summary>A shadow budget would have refused a call that was admitted.</summary>
    public void CallWouldBlock() => _wouldBlock.Add(1);

    /// <summary>An admitted call's cost was booked.</summary>
    public void CallSettled(UsageBasis basis, in Usage usage, NanoUsd cost)
    {
        _open.Add(-1);
        _settled.Add(1, new KeyValuePair<string, object?>("basis", Name(basis)));
        _cost.Add(cost.Value);
        AddTokens("input", usage.Input);
        AddTokens("cached_input", usage.CachedInput);
        AddTokens("cache_write", usage.CacheWriteShort + usage.CacheWriteLong);
        AddTokens("output", usage.Output);
    }

    /// <summary>An admitted call was dropped: the provider can't have billed it.</summary>
    public void CallVoided()
    {
        _open.Add(-1);
        _voided.Add(1);
    }

    /// <summary>A call cost more than was reserved, by this much.</summary>
    public void CallOverran(NanoUsd overrun)
    {
        _overruns.Add(1);
        _overrunCost.Add(overrun.Value);
    }

    /// <summary>Reservations were charged as Presumed.</summary>
    /// <param name="ofThisProcess">How many of them this process had admitted; those of an earlier one were never counted as open.</param>
    public void ReservationsExpired(int count, int ofThisProcess = 0)
    {
        _open.Add(-ofThisProcess);
        _expired.Add(count);
    }

    /// <summary>The store committed so many operations at once.</summary>
    public void BatchCommitted(int operations) => _batch.Record(operations);

    public void StoreFailed() => _storeFailures.Add(1);

    /// <summary>Counters were compared with the ledger.</summary>
    /// <param name="distance">Sum of the absolute differences, in nano-dollars, calls and tokens; 0 = they agree.</param>
    public void DriftMeasured(long distance) => _drift.Record(distance);

    public void Dispose() => Meter.Dispose();

    /// <summary>Shows what has no label at 0 from the start, so that a rate can be taken of the first event.</summary>
    internal void Announce()
    {
        foreach (var counter in new[] { _admitted, _wouldBlock, _voided, _expired, _cost, _overruns, _overrunCost, _storeFailures })
            counter.Add(0);
        _open.Add(0);
        _drift.Record(0);
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
