using BudgetProxy.Core.Metering;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Forwarding;
using BudgetProxy.Hosting;
using BudgetProxy.Reservations;

namespace BudgetProxy.Gateway;

/// <summary>The exchange of a call that is metered.</summary>
/// <param name="durable">
/// The reservation on its way to disk. It is asked for when the call leaves and waited for when the answer is here, so that a flush costs no
/// more than the provider takes.
/// </param>
public sealed class MeteredExchange(Call call, ProviderTarget target, ProxyOptions options, Task durable)
    : ProviderExchange(target, call.Route.UpstreamPath, BodyOf(call))
{
    /// <summary>What can't be counted as it passes is read to its end instead: a whole answer, and a model that reasons out of sight.</summary>
    protected override bool CutWhenLeft => !options.DrainOnDisconnect && call.Request.Stream && !call.ReasonsOutOfSight;

    protected override TimeSpan DrainLimit => options.ReservationLifetime;

    protected override bool Metered => true;

    protected override void SetHeaders(IHeaderDictionary headers)
    {
        AnswerHeaders.SetQuote(headers, call);
        if (call.Request.Stream && call.Context.Request.Protocol != HttpProtocol.Http10)
            headers.Append("Trailer", HeaderNames.CostUsd);
    }

    protected override StreamMeter CreateMeter()
    {
        var counter = TokenCounter.For(call.Quote.Rate.Profile.Encoding);
        return call.Route.Api switch
        {
            ProviderApi.AnthropicMessages => new AnthropicMessagesMeter(counter, call.Request.CacheWrite),
            ProviderApi.OpenAiResponses => new OpenAiResponsesMeter(counter, call.Request.CacheWrite),
            _ => new OpenAiChatMeter(counter, hideUsageChunk: !call.Request.UsageSplice.IsNone, call.Request.CacheWrite),
        };
    }

    private static SplicedStream BodyOf(Call call) => call.Request.LimitSplices.Count == 0
        ? new SplicedStream(call.Body.Memory, call.Request.UsageSplice)
        : new SplicedStream(call.Body.Memory, [call.Request.UsageSplice, .. call.Request.LimitSplices]);

    protected override async ValueTask<bool> DurableAsync()
    {
        try
        {
            await durable;
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }
}
