using System.Net.Http.Headers;
using BudgetProxy.Core.Metering;
using Yarp.ReverseProxy.Forwarder;

namespace BudgetProxy.Forwarding;

/// <summary>One call to a provider: what goes out, and what is known of what came back. Made for the call, used once.</summary>
/// <param name="target">Where it goes.</param>
/// <param name="path">Path below the target's base URL.</param>
/// <param name="body">The body that was priced; null = the route is free, and a body it may have passes unread.</param>
public abstract class ProviderExchange(ProviderTarget target, string path, SplicedStream? body) : HttpTransformer, IDisposable
{
    /// <summary>
    /// How long a stream that is to be cut is read on: what had been produced and stood in buffers on the way is billed, so it is metered before the
    /// provider is hung up on.
    /// </summary>
    private static readonly TimeSpan CutGrace = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _abort = new();
    private readonly Lock _gate = new();

    public ProviderTarget Target => target;

    public SplicedStream? Body => body;

    /// <summary>Set by the forwarder.</summary>
    public AnswerStream Answer { get; set; } = null!;

    /// <summary>The meter in use; null = the answer is not streamed, or none came, or the route is free.</summary>
    public StreamMeter? Meter { get; private set; }

    /// <summary>HTTP status of the provider's answer; 0 = none came.</summary>
    public int Status { get; private set; }

    /// <summary>True once the client has closed its connection.</summary>
    public bool ClientGone { get; private set; }

    /// <summary>True once the call had to end because the process stops. The client may still be there, and gets what passes until the end.</summary>
    public bool Cut { get; private set; }

    /// <summary>True when the call ended early for the client's or the process's sake, and not for the provider's.</summary>
    public bool Abandoned => ClientGone || Cut;

    /// <summary>True when the answer had come but the reservation could not be brought to disk: nothing of the answer was passed on.</summary>
    public bool StoreFailed { get; private set; }

    /// <summary>True once bytes of the body went out: the provider may have begun, and may bill.</summary>
    public bool Dispatched => body?.Started ?? true;

    /// <summary>Cancelled when there is nothing more to wait for.</summary>
    public CancellationToken Aborted => _abort.Token;

    /// <summary>True = a stream that the client leaves is cut, where what passed can be counted.</summary>
    protected abstract bool CutWhenLeft { get; }

    /// <summary>How long an answer is read on for its usage after the client has left.</summary>
    protected abstract TimeSpan DrainLimit { get; }

    /// <summary>True = the answer is metered, and held back whole where it is not a stream.</summary>
    protected abstract bool Metered { get; }

    /// <summary>Called when the client's connection closes.</summary>
    public void OnClientGone()
    {
        ClientGone = true;
        Answer.ClientGone = true;
        lock (_gate)
        {
            if (!Cut)
                _abort.CancelAfter(CutWhenLeft ? CutGrace : DrainLimit);
        }
    }

    /// <summary>Called when all calls in flight must end: whatever the rule for a client that leaves, nothing is read on for longer than the grace.</summary>
    public void OnCut()
    {
        lock (_gate)
        {
            Cut = true;
            _abort.CancelAfter(CutGrace);
        }
    }

    public override ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        proxyRequest.RequestUri = target.UriOf(path, httpContext.Request.QueryString.Value);
        HeaderRules.CopyTo(target, httpContext.Request.Headers, proxyRequest.Headers);
        if (proxyRequest.Content is { } content)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", httpContext.Request.ContentType ?? "application/json");
            content.Headers.ContentLength = body?.Length ?? httpContext.Request.ContentLength;
        }

        return ValueTask.CompletedTask;
    }

    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
            return false;

        Status = (int)proxyResponse.StatusCode;
        var response = httpContext.Response;
        HeaderRules.CopyFrom(proxyResponse, response.Headers);
        SetHeaders(response.Headers);
        if (!Metered)
            return Status != StatusCodes.Status401Unauthorized;
        if (IsEventStream(proxyResponse.Content.Headers))
            return await BeginStreamAsync(httpContext);
        Answer.Hold(proxyResponse.Content.Headers.ContentLength);
        return true;
    }

    public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;

    /// <summary>Waits until the reservation is on disk: no byte of an answer leaves before.</summary>
    /// <returns>False = it can't be brought there.</returns>
    public async ValueTask<bool> WhenDurableAsync()
    {
        StoreFailed = !await DurableAsync();
        return !StoreFailed;
    }

    public void Dispose()
    {
        _abort.Dispose();
        Answer?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Sets the proxy's own headers on the answer.</summary>
    protected abstract void SetHeaders(IHeaderDictionary headers);

    /// <summary>Makes the meter, when the answer has turned out to be a stream.</summary>
    protected abstract StreamMeter CreateMeter();

    /// <summary>True once the reservation is on disk, false when it can't be brought there.</summary>
    protected abstract ValueTask<bool> DurableAsync();

    private static bool IsEventStream(HttpContentHeaders headers) =>
        headers.NonValidated.TryGetValues("Content-Type", out var values)
        && values.ToString().StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);

    private async ValueTask<bool> BeginStreamAsync(HttpContext context)
    {
        Meter = CreateMeter();
        // The meter may take a chunk out, so the provider's length does not hold.
        context.Response.ContentLength = null;
        var framed = context.Request.Protocol == HttpProtocol.Http11;
        if (framed)
            context.Response.Headers.TransferEncoding = "chunked";
        Answer.Meter(Meter, framed);
        if (await WhenDurableAsync())
            return true;
        await _abort.CancelAsync();
        return false;
    }
}
