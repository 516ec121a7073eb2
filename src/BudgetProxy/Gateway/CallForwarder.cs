using BudgetProxy.Core.Requests;
using BudgetProxy.Forwarding;
using BudgetProxy.Hosting;
using BudgetProxy.Reservations;
using Yarp.ReverseProxy.Forwarder;

namespace BudgetProxy.Gateway;

/// <summary>Forward and meter: one exchange with the provider, its answer read as it passes.</summary>
public sealed partial class CallForwarder(
    ProviderForwarder forwarder, ProviderTargets targets, IReservationStore store, ProxyOptions options, ILogger<CallForwarder> logger)
{
    public MeteredExchange Open(Call call) =>
        new(call, targets[call.Route.Provider], options, store.DurableAsync(call.Outcome.Commit).AsTask());

    /// <summary>Forwards; a streamed answer has then passed to the client, any other is held in the exchange.</summary>
    public async Task<ForwarderError> SendAsync(Call call, MeteredExchange exchange)
    {
        var ended = await forwarder.SendAsync(call.Context, exchange);
        if (exchange.Status == StatusCodes.Status401Unauthorized)
            Log.KeyRefused(logger, call.Route.Provider.Name());
        if (exchange.Meter is null)
            return ended;
        if (ended == ForwarderError.None && !exchange.StoreFailed)
            await exchange.Answer.CompleteStreamAsync();
        else
            exchange.Answer.DropStream();
        return ended;
    }

    private static partial class Log
    {
        [LoggerMessage(1001, LogLevel.Error, "{Provider} answered 401: it refuses the key that this proxy is configured with.")]
        public static partial void KeyRefused(ILogger logger, string provider);
    }
}
