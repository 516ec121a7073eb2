using System.Net.Http.Headers;
using BudgetProxy.Core.Metering;
using Yarp.ReverseProxy.Forwarder;

namespace BudgetProxy.Forwarding;

/// <summary>One call to a provider: what goes out, and what is known of what came back. Made for the call, used once.</summary>
public sealed class ProviderExchange : HttpTransformer, IDisposable
{
    private readonly CancellationTokenSource _abort = new();

    public required ProviderTarget Target { get; init; }

    /// <summary>Path below the target's base URL.</summary>
    public required string Path { get; init; }

    /// <summary>The body that was priced; null = the route has none, or is free and its body passes unread.</summary>
    public SplicedStream? Body { get; init; }

    /// <summary>Makes the meter when the answer turns out to be a stream; null = the route is free and nothing is held back.</summary>
    public Func<StreamMeter>? StreamMeter { get; init; }

    /// <summary>True = a stream that the client leaves is cut, where what passed can be counted.</summary>
    public bool CutWhenLeft { get; init; }

    /// <summary>How long an answer is read on for its usage after the client has left.</summary>
    public TimeSpan DrainLimit { get; init; }

    /// <summary>Completes when the reservation is on disk: no byte of an answer leaves before.</summary>
    public Task BeforeAnswer { get; init; } = Task.CompletedTask;

    /// <summary>Sets the proxy's own headers on the answer.</summary>
    public required Action<IHeaderDictionary> SetHeaders { get; init; }

    /// <summary>Set by the forwarder.</summary>
    public AnswerStream Answer { get; set; } = null!;

    /// <summary>The meter in use; null = the answer is not streamed, or none came.</summary>
    public StreamMeter? Meter { get; private set; }

    /// <summary>HTTP status of the provider's answer; 0 = none came.</summary>
    public int Status { get; private set; }

    /// <summary>True once the client has closed its connection.</summary>
    public bool ClientGone { get; private set; }

    /// <summary>True once bytes of the body went out: the provider may have begun, and may bill.</summary>
    public bool Dispatched => Body?.Started ?? true;

    /// <summary>Cancelled when there is nothing more to wait for.</summary>
    public CancellationToken Aborted => _abort.Token;

    /// <summary>Called when the client's connection closes.</summary>
    public void OnClientGone()
    {
        ClientGone = true;
        Answer.ClientGone = true;
        if (CutWhenLeft)
            _abort.Cancel();
        else
            _abort.CancelAfter(DrainLimit);
    }

    public override ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        proxyRequest.RequestUri = new Uri(string.Concat(Target.Prefix, Path, httpContext.Request.QueryString.Value));
        var headers = proxyRequest.Headers;
        foreach (var (name, values) in httpContext.Request.Headers)
        {
            if (HeaderRules.Forwards(Target.Provider, name))
                headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }

        if (Target.CredentialHeader is { } credentialHeader)
            headers.TryAddWithoutValidation(credentialHeader, Target.Credential);
        // Usage must be readable in the answer.
        headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        if (proxyRequest.Content is { } content)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", (string?)httpContext.Request.ContentType ?? "application/json");
            content.Headers.ContentLength = Body?.Length ?? httpContext.Request.ContentLength;
        }

        return ValueTask.CompletedTask;
    }

    public override ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
            return ValueTask.FromResult(false);

        Status = (int)proxyResponse.StatusCode;
        var response = httpContext.Response;
        CopyHeaders(proxyResponse.Headers.NonValidated, response.Headers);
        CopyHeaders(proxyResponse.Content.Headers.NonValidated, response.Headers);
        SetHeaders(response.Headers);
        if (StreamMeter is null)
            return ValueTask.FromResult(true);

        if (IsEventStream(proxyResponse.Content.Headers))
        {
            Meter = StreamMeter();
            // The meter may take a chunk out, so the provider's length does not hold.
            response.ContentLength = null;
            var framed = httpContext.Request.Protocol == HttpProtocol.Http11;
            if (framed)
                response.Headers.TransferEncoding = "chunked";
            Answer.Meter(Meter, framed);
        }
        else
        {
            Answer.Hold(proxyResponse.Content.Headers.ContentLength);
        }

        return ValueTask.FromResult(true);
    }

    public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;

    public void Dispose()
    {
        _abort.Dispose();
        Answer?.Dispose();
    }

    private static bool IsEventStream(HttpContentHeaders headers) =>
        headers.NonValidated.TryGetValues("Content-Type", out var values)
        && values.ToString().StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);

    private static void CopyHeaders(HttpHeadersNonValidated source, IHeaderDictionary target)
    {
        foreach (var (name, values) in source)
        {
            if (!HeaderRules.Returns(name))
                continue;
            if (values.Count == 1)
                target[name] = values.ToString();
            else
                target[name] = values.ToArray();
        }
    }
}
