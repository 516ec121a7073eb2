using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Demo;

namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>Compares, call by call, what the callers saw, what the provider says it billed, and what the ledger has. Says every way in which they differ.</summary>
internal sealed class CallAudit
{
    /// <summary>Tokens that the provider may have made of a stream that ended early, and that never reached the proxy.</summary>
    private const int InFlightTokens = 3;

    private readonly Func<PlannedCall, bool> _excused;
    private readonly ILookup<int, SimulatedCall> _billed;
    private readonly ILookup<string, LedgerRow> _ledger;
    private readonly List<string> _violations = [];

    private CallAudit(Func<PlannedCall, bool> excused, IEnumerable<SimulatedCall> billed, IReadOnlyList<LedgerRow> ledger)
    {
        _excused = excused;
        _billed = billed.ToLookup(call => CallWire.NumberIn(call.Body));
        _ledger = ledger.ToLookup(row => row.Run ?? "");
    }

    /// <param name="excused">Calls of which nobody can say how they ended: they may be charged at their worst.</param>
    public static List<string> Check(
        IReadOnlyCollection<PlannedCall> calls, IEnumerable<SimulatedCall> billed, IReadOnlyList<LedgerRow> ledger, Func<PlannedCall, bool> excused)
    {
        var audit = new CallAudit(excused, billed, ledger);
        audit.CheckIds(ledger);
        var runs = calls.Select(call => call.Run).ToHashSet(StringComparer.Ordinal);
        audit._violations.AddRange(ledger.Where(row => !runs.Contains(row.Run ?? "")).Select(row => $"{row}: nobody made this call"));
        foreach (var call in calls)
            audit.Check(call, [.. audit._billed[call.Number]], [.. audit._ledger[call.Run]]);
        return audit._violations;
    }

    private void CheckIds(IReadOnlyList<LedgerRow> ledger)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in ledger.Where(row => !ids.Add(row.Id)))
            _violations.Add($"{row}: its id is there twice");
        foreach (var row in ledger.Where(row => row.Adjusts is { } first && !ids.Contains(first)))
            _violations.Add($"{row}: what it adjusts is not there");
    }

    private void Check(PlannedCall call, List<SimulatedCall> billed, List<LedgerRow> entries)
    {
        var firsts = entries.Count(row => row.Adjusts is null);
        if (billed.Count > 1)
            Report(call, $"reached the provider {billed.Count} times");
        if (firsts > 1)
            Report(call, $"has {firsts} entries");
        if (entries.Select(row => row.RequestId).Distinct().Count() > 1)
            Report(call, "has entries of several requests");
        if (call.Outcome == CallOutcome.Refused && billed.Count > 0)
            Report(call, "was refused and reached the provider");
        if (call.Outcome == CallOutcome.Served && billed.Count == 0)
            Report(call, "was served by nobody");
        if (call.Outcome == CallOutcome.Running)
            Report(call, "never ended");
        var mostOutput = TellsTooLate(call, entries) ? call.MaxTokens : long.MaxValue;
        CheckCost(call, billed.Sum(answer => Cost(answer, mostOutput)), entries, firsts);
    }

    /// <summary>
    /// The provider broke its promise of <c>max_tokens</c>, and the proxy that was to hear of it in the answer's tail was killed before. Nobody can book
    /// what nobody was told: the worst that the call allowed is all that can be asked.
    /// </summary>
    private bool TellsTooLate(PlannedCall call, List<LedgerRow> entries) =>
        call.Overruns && _excused(call) && entries is [.., { Basis: "presumed" }];

    private void CheckCost(PlannedCall call, long owed, List<LedgerRow> entries, int firsts)
    {
        var booked = entries.Sum(row => row.Cost);
        if (owed > 0 && firsts == 0)
            Report(call, $"was billed {owed} and has no entry");
        else if (_excused(call) ? booked < owed : IsBound(call, entries) ? booked + InFlight(call) < owed : booked != owed)
            Report(call, $"was billed {owed} and is booked as {booked} ({string.Join(", ", entries.Select(row => $"{row.Basis} {row.Cost}"))})");
    }

    /// <summary>Where nobody told the usage the books hold a bound: the caller left, or the provider broke off.</summary>
    private static bool IsBound(PlannedCall call, List<LedgerRow> entries) =>
        (call.Leaves || call.ProviderBreaks) && entries.Count > 0 && entries[^1].Basis is "counted" or "presumed";

    private static long InFlight(PlannedCall call) =>
        InFlightTokens * RateOf(call.Anthropic).Price(new() { Output = 1 }, ServiceTier.Standard, regional: false, Rounding.Up).Value;

    /// <summary>What the provider takes for a call, at the prices that the product ships.</summary>
    private static long Cost(SimulatedCall call, long mostOutput)
    {
        if (call.Status is not 200 and not 0)
            return 0;
        var usage = call.Billed with { Output = Math.Min(call.Billed.Output, mostOutput) };
        return RateOf(call.Path.StartsWith("/v1/messages", StringComparison.Ordinal)).Price(usage, ServiceTier.Standard, regional: false, Rounding.HalfEven).Value;
    }

    private static Rate RateOf(bool anthropic) => anthropic
        ? RateCard.Shipped.Find(Provider.Anthropic, CallWire.AnthropicModel, TimeProvider.System.GetUtcNow())!
        : RateCard.Shipped.Find(Provider.OpenAi, CallWire.OpenAiModel, TimeProvider.System.GetUtcNow())!;

    private void Report(PlannedCall call, string what) => _violations.Add($"{call}: {what}");
}
