using BudgetProxy.Core.Learning;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Reservations;

namespace BudgetProxy.Gateway;

/// <summary>
/// What earlier calls tell of the next one. Prompts and answers change what is expected of it; the provider's counts of the tenant's own calls also move
/// what its input is reserved at.
/// </summary>
public sealed class CallMemory(PromptMemory prompts, Learner learner)
{
    /// <summary>The counts of the tenant's long texts.</summary>
    public TenantShare<TextCount> TextsOf(Call call) => prompts.TextsOf(call.Tenant.Id);

    /// <summary>The count of a call's input as earlier calls of the model have it, and the length of answer to expect.</summary>
    /// <param name="counted">As the tokenizer and the rules have it.</param>
    public InputEstimate Refine(Call call, Rate rate, in InputEstimate counted)
    {
        // Nobody vouches for a model without a rate: its name is the caller's own.
        if (call.Unpriced)
            return counted;
        var key = KeyOf(call, rate);
        if (learner.ExpectedOutput(key) is { } output)
            call.Expectation = call.Expectation with { Output = output };
        return learner.Refine(key, rate.Profile, counted);
    }

    /// <summary>Says what the provider's cache will probably do to a call that was counted.</summary>
    /// <param name="input">Best guess of its input in tokens.</param>
    public void Foretell(Call call, Rate rate, long input)
    {
        var forecast = prompts.Foretell(
            call.Route.Api!.Value, call.Request, call.Body.Span, CachedModel.Of(rate.Profile, rate.AutoCacheWrite), call.Tenant.Id, input, call.StartedAt);
        call.Expectation = call.Expectation with
        {
            CachedInput = forecast.CachedInput,
            CacheWriteShort = forecast.WriteShort,
            CacheWriteLong = forecast.WriteLong,
        };
    }

    /// <summary>Takes in what the provider reported of a call; what was only counted or presumed says nothing of its cache.</summary>
    /// <param name="settlement">Null = void.</param>
    public void Learn(Call call, Settlement? settlement)
    {
        if (settlement is not { Basis: UsageBasis.Reported })
            return;
        var rate = call.Quote.Rate;
        prompts.Learn(call.Request, CachedModel.Of(rate.Profile, rate.AutoCacheWrite), call.Tenant.Id, settlement.Usage, call.StartedAt);
        // Another model than the one asked for says nothing of it.
        if (call.Unpriced || settlement.Rate != rate.Id)
            return;
        var key = KeyOf(call, rate);
        learner.LearnInput(key, rate.Profile, call.Quote.Input.Mix, settlement.Usage.TotalInput);
        // An answer that was cut short for money says nothing of how long it would have been.
        if (call.Request.HasOutput && call.ClampedTo is null)
            learner.LearnOutput(key, settlement.Usage.Output / call.Request.Choices);
    }

    private static LearnedKey KeyOf(Call call, Rate rate) => new(rate.Provider, rate.Model, call.Tenant.Id);
}
