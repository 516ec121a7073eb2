using System.Collections.Concurrent;
using System.Net;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Demo;

/// <summary>
/// OpenAI and Anthropic in one process on a loopback port, over real sockets, with scripted answers and books of their own: what reached them and
/// what they would charge. Safe for any number of callers.
/// </summary>
public sealed class SimulatedProvider : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<SimulatedCall> _calls = new();
    private readonly SimulatedProviderOptions _options;
    private int _arrived;

    private SimulatedProvider(SimulatedProviderOptions options)
    {
        _options = options;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.Port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            // A proxy that stands still for a while in the middle of a body is waited for, as a provider would.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    /// <summary>For instance <c>http://127.0.0.1:41234</c>: without a slash at the end and without <c>/v1</c>.</summary>
    public string BaseUrl => _app.Urls.First();

    public string OpenAiBaseUrl => BaseUrl;

    public string AnthropicBaseUrl => BaseUrl;

    /// <summary>Decides the answer once a call's body is read. Calls that the provider refuses (wrong key, bad body) don't ask it.</summary>
    public Func<SimulatedCall, SimulatedAnswer> Script { get; set; } = static _ => new SimulatedAnswer();

    /// <summary>What becomes of the batches; asked whenever somebody looks at one.</summary>
    public SimulatedBatchPlan BatchPlan { get; set; } = new();

    /// <summary>The files and batches that it holds, with books of their own.</summary>
    public SimulatedBatches Batches { get; } = new();

    /// <summary>Every call that arrived, in order of arrival: a copy of the books at this instant.</summary>
    public IReadOnlyList<SimulatedCall> Calls => [.. _calls];

    /// <summary>Calls that arrived.</summary>
    public int CallCount => Volatile.Read(ref _arrived);

    /// <summary>Sum of what is billed.</summary>
    public Usage Billed => _calls.Aggregate(default(Usage), static (sum, call) => new Usage
    {
        Input = sum.Input + call.Billed.Input,
        CachedInput = sum.CachedInput + call.Billed.CachedInput,
        CacheWriteShort = sum.CacheWriteShort + call.Billed.CacheWriteShort,
        CacheWriteLong = sum.CacheWriteLong + call.Billed.CacheWriteLong,
        Output = sum.Output + call.Billed.Output,
        Reasoning = sum.Reasoning + call.Billed.Reasoning,
    });

    public static async Task<SimulatedProvider> StartAsync(SimulatedProviderOptions? options = null)
    {
        var provider = new SimulatedProvider(options ?? new SimulatedProviderOptions());
        await provider._app.StartAsync();
        return provider;
    }

    /// <summary>Returns when no call is running: the books are final then. A caller that has its answer may be a moment ahead of them.</summary>
    public async Task WhenIdleAsync(CancellationToken cancellationToken = default)
    {
        while (_calls.Any(static call => call.Outcome == SimulatedOutcome.Running))
            await Task.Delay(TimeSpan.FromMilliseconds(2), cancellationToken);
    }

    /// <summary>Returns when the process is told to stop.</summary>
    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        // Calls that hang would hold a graceful stop for its whole time limit.
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private Task HandleAsync(HttpContext context) =>
        context.Request.Path.Value is "/__calls" or "/__script"
            ? SimulatedBooks.HandleAsync(context, this)
            : ServeAsync(context);

    private async Task ServeAsync(HttpContext context)
    {
        var call = Enter(context.Request);
        try
        {
            await ReadBodyAsync(context, call);
            await new SimulatedRoutes(context, call, _options).AnswerAsync(Script, IsOfBatches(call) ? this : null);
            if (call.Outcome == SimulatedOutcome.Running)
                call.Outcome = context.RequestAborted.IsCancellationRequested ? SimulatedOutcome.ClientAborted : SimulatedOutcome.Completed;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            call.Outcome = SimulatedOutcome.ClientAborted;
            // Where nothing was answered yet the server would say 200 now, of a call that nobody served.
            context.Abort();
        }
        finally
        {
            // Still running: the script itself threw.
            if (call.Outcome == SimulatedOutcome.Running)
                call.Outcome = SimulatedOutcome.ProviderAborted;
            call.EndedAt = _options.Time.GetUtcNow();
        }
    }

    private static bool IsOfBatches(SimulatedCall call) =>
        call.Path.StartsWith("/v1/files", StringComparison.Ordinal) || call.Path.StartsWith("/v1/batches", StringComparison.Ordinal)
        || call.Path.StartsWith("/v1/messages/batches", StringComparison.Ordinal);

    private SimulatedCall Enter(HttpRequest request)
    {
        var call = new SimulatedCall
        {
            Number = Interlocked.Increment(ref _arrived),
            Method = request.Method,
            Path = request.Path,
            Query = request.QueryString.Value ?? "",
            Headers = request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            StartedAt = _options.Time.GetUtcNow(),
        };
        _calls.Enqueue(call);
        return call;
    }

    private async Task ReadBodyAsync(HttpContext context, SimulatedCall call)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        call.Body = body.ToArray();
        if (HttpMethods.IsPost(call.Method) && !IsOfBatches(call))
            call.Request = SimulatedRequest.Read(call.Path, call.Body, _options.CountText);
    }
}
