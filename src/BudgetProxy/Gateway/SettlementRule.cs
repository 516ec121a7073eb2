using BudgetProxy.Core.Metering;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Reservations;

namespace BudgetProxy.Gateway;

/// <summary>
/// Decides what a call owes, from how it ended. What the provider reported is charged as reported; what can't have been billed is void; what
/// passed uncounted by the provider is charged as we counted it; and where nobody can say, the reserved worst case is presumed.
/// </summary>
public static class SettlementRule
{
    /// <summary>What to settle; null = void.</summary>
    public static Settlement? Decide(Call call, CallEnding ending)
    {
        var reading = ending.Reading;
        if (Reported(call, reading) is { } usage)
            return Priced(call, reading, usage, UsageBasis.Reported, ending.Status);

        if (ending.Status == 0)
            return ending.Dispatched ? WithoutAnswer(call, ending) : null;
        // Errors bill nothing, and a redirect was not followed.
        if (ending.Status is < 200 or >= 300)
            return null;

        // From here the provider began a good answer that never said what it used.
        var failedAtOnce = reading is { Failed: true, CountedOutput: 0, Uncounted: false };
        var countable = ending.Streamed && !reading.Uncounted && !call.ReasonsOutOfSight;
        return failedAtOnce || countable
            ? Priced(call, reading, Counted(call, reading), UsageBasis.Counted, ending.Status)
            : Presumed(call, reading, ending.Status);
    }

    /// <summary>
    /// Nothing came back though bytes went out. A timeout or reset owes its input at least; a model that reasons out of sight may have done so,
    /// and a call that was read on after its client had left, or until the process stopped, ran long: both are presumed.
    /// </summary>
    private static Settlement WithoutAnswer(Call call, CallEnding ending) =>
        call.ReasonsOutOfSight || (ending.Abandoned && !call.Request.Stream)
            ? Presumed(call, ending.Reading, ending.Status)
            : Priced(call, ending.Reading, Counted(call, ending.Reading), UsageBasis.Counted, ending.Status);

    /// <summary>The provider's usage where it is final. Anthropic reports input first: until the end its output is only a beginning.</summary>
    private static Usage? Reported(Call call, MeterReading reading) =>
        reading.Usage is { } usage && (reading.Finished || call.Route.Api != ProviderApi.AnthropicMessages) ? usage : null;

    /// <summary>Input as reported or else as estimated, and the output that passed, at the stand-in's measured ratio.</summary>
    private static Usage Counted(Call call, MeterReading reading)
    {
        var profile = call.Quote.Rate.Profile;
        var passed = (long)decimal.Ceiling(reading.CountedOutput * profile.ExpectedPercent / 100m);
        return reading.Usage is { } begun
            ? begun with { Output = Math.Max(begun.Output, passed) }
            : new Usage { Input = OwnGuess(call.Quote.Input, profile.ExpectedPercent), Output = passed };
    }

    /// <summary>What other tenants' calls taught is good to expect, and moves nobody's books.</summary>
    private static long OwnGuess(in InputEstimate input, int percent) => input.Pooled ? Math.Min(input.Mix.Guess(percent), input.Bound) : input.Tokens;

    private static Settlement Presumed(Call call, MeterReading reading, int status) => new(
        call.Quote.WorstUsage, UsageBasis.Presumed, call.Quote.Worst, call.Unpriced ? null : call.Quote.Rate.Id, reading.ServedModel, status,
        call.Quote.Tier, call.Quote.Regional);

    /// <summary>Priced at the rate of the model that served where the card knows it, and at the tier that was billed.</summary>
    private static Settlement Priced(Call call, MeterReading reading, Usage usage, UsageBasis basis, int status)
    {
        var rate = call.Quote.Rate;
        if (!call.Unpriced)
            rate = call.Card.Billing(rate, reading.ServedModel, call.PricedAt, call.Tenant.Id);
        var tier = reading.ServedTier ?? call.Request.ServiceTier;
        var regional = reading.Regional ?? call.Request.Regional;
        if (reading.Unknown.Any)
            usage = UnknownBuckets.AtDearest(rate, usage, reading.Unknown, tier);
        var cost = rate.Price(usage, tier, regional, Rounding.HalfEven);
        return new Settlement(usage, basis, cost, call.Unpriced ? null : rate.Id, reading.ServedModel, status, tier, regional, reading.Unknown.Any);
    }
}
