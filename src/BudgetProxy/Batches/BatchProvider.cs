using BudgetProxy.Core.Requests;
using BudgetProxy.Forwarding;

namespace BudgetProxy.Batches;

/// <summary>Speaks to the providers' batch endpoints, on behalf of a client or of this proxy itself. Nothing is sent twice.</summary>
public sealed class BatchProvider(ProviderTargets targets, CallsInFlight calls, TimeProvider clock)
{
    /// <summary>Bytes of an answer that is kept whole at most: one object, with its metadata, or a list of 100.</summary>
    private const int MaxAnswerBytes = 4 * 1024 * 1024;

    /// <summary>What the proxy's own requests name (Anthropic API reference, versions, 2026-08).</summary>
    private const string AnthropicVersion = "2023-06-01";

    /// <summary>The creation of a batch and its answer must be over by then.</summary>
    public static readonly TimeSpan SendLimit = TimeSpan.FromMinutes(10);

    /// <summary>An upload takes as long as its client may, and its answer as long as another.</summary>
    private static readonly TimeSpan UploadLimit = BatchGate.BodyLimit + SendLimit;

    private static readonly TimeSpan AskLimit = TimeSpan.FromMinutes(1);

    /// <summary>Sends a client's request with a body. Its leaving cancels nothing: what was sent may have been taken.</summary>
    /// <param name="content">Serialised once at most.</param>
    public async Task<ProviderAnswer> SendAsync(HttpContext context, Provider provider, HttpMethod method, string path, OnceContent? content)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(calls.Cut);
        using var timer = new CancellationTokenSource(content is UploadContent ? UploadLimit : SendLimit, clock);
        await using var registration = timer.Token.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), limit);
        var target = targets[provider];
        using var request = new HttpRequestMessage(method, target.UriOf(path, null)) { Content = content };
        HeaderRules.CopyTo(target, context.Request.Headers, request.Headers);
        try
        {
            return await SendAsync(target, request, content, limit.Token);
        }
        finally
        {
            // It stays its maker's: the request would dispose it.
            request.Content = null;
        }
    }

    /// <summary>Asks for something on the proxy's own behalf.</summary>
    public async Task<ProviderAnswer> AskAsync(Provider provider, HttpMethod method, string path, string? query, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = new CancellationTokenSource(AskLimit, clock);
        await using var registration = timer.Token.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), limit);
        var target = targets[provider];
        using var request = Own(target, method, path, query);
        return await SendAsync(target, request, null, limit.Token);
    }

    /// <summary>Opens a file of results; the caller reads and disposes it.</summary>
    /// <exception cref="HttpRequestException">The provider can't be reached.</exception>
    public async Task<HttpResponseMessage> OpenAsync(Provider provider, string path, CancellationToken cancellationToken)
    {
        var target = targets[provider];
        using var request = Own(target, HttpMethod.Get, path, null);
        return await target.Client.SendAsync(request, cancellationToken);
    }

    private static HttpRequestMessage Own(ProviderTarget target, HttpMethod method, string path, string? query)
    {
        var request = new HttpRequestMessage(method, target.UriOf(path, query));
        if (target.CredentialHeader is { } header)
            request.Headers.TryAddWithoutValidation(header, target.Credential);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        if (target.Provider == Provider.Anthropic)
            request.Headers.TryAddWithoutValidation("anthropic-version", AnthropicVersion);
        return request;
    }

    private static async Task<ProviderAnswer> SendAsync(ProviderTarget target, HttpRequestMessage request, OnceContent? content, CancellationToken cancellationToken)
    {
        HttpResponseMessage? answer = null;
        try
        {
            answer = await target.Client.SendAsync(request, cancellationToken);
            return new ProviderAnswer((int)answer.StatusCode, true, answer, await ReadAsync(answer, cancellationToken));
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or OperationCanceledException)
        {
            // A status whose body broke off decides nothing: it is as if none had come.
            answer?.Dispose();
            return new ProviderAnswer(0, content?.Started ?? true, null, []);
        }
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (body.Length + read > MaxAnswerBytes)
                throw new IOException("The answer is longer than any of its kind.");
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }
}
