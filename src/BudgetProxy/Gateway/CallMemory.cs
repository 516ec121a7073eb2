using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Reservations;

namespace BudgetProxy.Gateway;

/// <summary>What a tenant's earlier prompts tell of its next one. It changes what is expected of a call, never what is reserved.</summary>
public sealed class CallMemory(PromptMemory prompts)
{
    /// <summary>The counts of the tenant's long texts.</summary>
    public TenantShare<TextCount> TextsOf(Call call) => prompts.TextsOf(call.Tenant.Id);

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
    }
}
