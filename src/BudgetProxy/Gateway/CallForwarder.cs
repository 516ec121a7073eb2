using BudgetProxy.Core.Metering;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Forwarding;
using BudgetProxy.Hosting;
using BudgetProxy.Reservations;
using Yarp.ReverseProxy.Forwarder;

namespace BudgetProxy.Gateway;

/// <summary>Forward and meter: one exchange with the provider, its answer read as it passes.</summary>
public sealed class CallForwarder(ProviderForwarder forwarder, ProviderTargets targets, IReservationStore store, ProxyOptions options)
{
    public ProviderExchange Open(Call call)
    {
        var request = call.Request;
        // The disk is asked now and waited for when the answer is here, so that a flush costs no more than the provider takes.
        var durable = store.DurableAsync(call.Outcome.Commit).AsTask();
        return new ProviderExchange
        {
            Target = targets[call.Route.Provider],
            Path = call.Route.UpstreamPath,
            Body = new SplicedStream(call.Body.Memory, request.UsageSplice),
            StreamMeter = () => MeterFor(call),
            // What can't be counted as it passes is read to its end instead: a whole answer, and a model that reasons out of sight.
            CutWhenLeft = !options.DrainOnDisconnect && request.Stream && !ReasonsOutOfSight(call),
            DrainLimit = options.ReservationLifetime,
            BeforeAnswer = durable,
            SetHeaders = headers => SetHeaders(call, headers),
        };
    }

    /// <summary>Forwards; a streamed answer has then passed to the client, any other is held in the exchange.</summary>
    public async Task<ForwarderError> SendAsync(Call call, ProviderExchange exchange)
    {
        var ended = await forwarder.SendAsync(call.Context, exchange);
        if (exchange.Meter is not null)
            await exchange.Answer.CompleteStreamAsync();
        return ended;
    }

    /// <summary>True when the output that passes is not all that is billed.</summary>
    public static bool ReasonsOutOfSight(Call call) => call.Request.HiddenReasoning || call.Quote.Rate.Profile.Reasoning;

    private static StreamMeter MeterFor(Call call)
    {
        var counter = TokenCounter.For(call.Quote.Rate.Profile.Encoding);
        return call.Route.Api == ProviderApi.AnthropicMessages
            ? new AnthropicMessagesMeter(counter, call.Request.CacheWrite)
            : new OpenAiChatMeter(counter, hideUsageChunk: !call.Request.UsageSplice.IsNone, call.Request.CacheWrite);
    }

    private static void SetHeaders(Call call, IHeaderDictionary headers)
    {
        headers[HeaderNames.EstimatedInputTokens] = call.Quote.Input.Tokens.ToString();
        headers[HeaderNames.EstimatedCostUsd] = call.Quote.Worst.ToString();
        if (call.Outcome.RemainingUsd is { } remaining)
            headers[HeaderNames.RemainingUsd] = remaining.ToBalance();
        if (call.Outcome.WouldBlock is { } budgets)
            headers[HeaderNames.WouldBlock] = budgets;
        if (call.Request.Stream)
            headers.Append("Trailer", HeaderNames.CostUsd);
    }
}
