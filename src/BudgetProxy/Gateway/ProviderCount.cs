using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Forwarding;
using BudgetProxy.Hosting;

namespace BudgetProxy.Gateway;

/// <summary>
/// Asks the provider's own free count where a call is about to be refused because of what its input can't exceed, and would not be at what it
/// probably is. Only where the operator allows it: it costs a round trip, and the whole prompt goes out once more. It fails closed: no answer in
/// time leaves the refusal as it was.
/// </summary>
public sealed partial class ProviderCount(
    ProviderTargets targets, CountThrottle throttle, ProxyMetrics metrics, ProxyOptions options, ILogger<ProviderCount> logger)
{
    /// <summary>Bytes of an answer at most: it holds one number.</summary>
    private const int LongestAnswer = 4096;

    /// <summary>
    /// Anthropic calls its count an estimate that may differ from what is billed by a small amount (token counting page, 2026-08). It names no
    /// figure: we leave a fiftieth and 16 tokens.
    /// </summary>
    private const long MarginDivisor = 50;
    private const long MarginTokens = 16;

    /// <summary>True when the provider's count has lowered the call's quote, so that the refusal may no longer hold. At most once for a call.</summary>
    public async ValueTask<bool> TightenAsync(Call call, GatewayRefusal refusal)
    {
        if (!options.AskProviderCount || call.CountAsked || !CouldFit(call, refusal) || CountRoute.Of(call.Route.Api!.Value) is not { } route)
            return false;
        call.CountAsked = true;
        var body = ArrayPool<byte>.Shared.Rent(call.Body.Span.Length + 2);
        try
        {
            var length = route.Write(call.Body.Span, body);
            return length > 0 && await AskAsync(call, route, body.AsMemory(0, length)) is { } tokens && Take(call, tokens);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }

    /// <summary>Whether the call would fit if its input were what it probably is: else no count can help.</summary>
    private static bool CouldFit(Call call, GatewayRefusal refusal)
    {
        var input = call.Quote.Input;
        // Server tools feed the input again and again, and the provider counts the first round only.
        if (call.Request.HasServerTools || input.Tokens >= input.Bound)
            return false;
        // What other tenants' calls taught must not keep a question from being asked.
        var tokens = input.Pooled ? Math.Min(input.Tokens, input.Mix.Guess(call.Quote.Rate.Profile.ExpectedPercent)) : input.Tokens;
        var best = Requoted(call, input with { Tokens = tokens, Bound = tokens });
        return refusal.Budget is { } full
            ? CallBounds.Of(best, call.Tenant.MarkupBasisPoints).AmountIn(full.Budget) <= full.Remaining
            : call.Tenant.CeilingInForce is { } ceiling && best.Worst <= ceiling;
    }

    private static Quote Requoted(Call call, InputEstimate input) => Quote.Of(call.Quote.Rate, call.Request, input, call.Expectation);

    private bool Take(Call call, long tokens)
    {
        var bound = tokens + tokens / MarginDivisor + MarginTokens;
        var lower = bound < call.Quote.Input.Bound;
        metrics.ProviderCounted(lower ? "lower" : "no_lower");
        if (lower)
            call.Quote = Requoted(call, call.Quote.Input with { Tokens = tokens, Bound = bound, Method = CountMethod.Calibrated });
        return lower;
    }

    private async Task<long?> AskAsync(Call call, CountRoute route, ReadOnlyMemory<byte> body)
    {
        if (!throttle.TryEnter(call.Route.Provider, call.Tenant.Id))
            return null;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(call.Context.RequestAborted);
        deadline.CancelAfter(options.CountDeadline);
        try
        {
            using var request = RequestOf(call, route, body);
            using var answer = await targets[call.Route.Provider].Client.SendAsync(request, deadline.Token);
            if (answer.IsSuccessStatusCode && await ReadAsync(answer.Content, deadline.Token) is { } tokens)
                return tokens;
            Failed(call, (int)answer.StatusCode);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or OperationCanceledException)
        {
            if (!call.Context.RequestAborted.IsCancellationRequested)
                Failed(call, failed is OperationCanceledException ? StatusCodes.Status504GatewayTimeout : 0);
        }
        finally
        {
            throttle.Leave(call.Tenant.Id);
        }

        return null;
    }

    // A provider that can't count now is left alone for a while, whoever asks; where a tenant's own calls may be the reason (a model that is no more, a
    // body that takes long), for that tenant. A body that it refuses says nothing of the next one.
    private void Failed(Call call, int status)
    {
        metrics.ProviderCounted("failed");
        if (status is StatusCodes.Status400BadRequest or StatusCodes.Status413PayloadTooLarge or StatusCodes.Status422UnprocessableEntity)
            return;
        var isOfAll = status is 0 or StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status429TooManyRequests
            or (>= 500 and not StatusCodes.Status504GatewayTimeout);
        if (isOfAll)
            throttle.Pause(call.Route.Provider);
        else
            throttle.Pause(call.Route.Provider, call.Tenant.Id);
        Log.NotCounted(logger, call.Route.Provider.ToString(), status);
    }

    private HttpRequestMessage RequestOf(Call call, CountRoute route, ReadOnlyMemory<byte> body)
    {
        var target = targets[call.Route.Provider];
        var request = new HttpRequestMessage(HttpMethod.Post, target.UriOf(route.Path, null)) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (target.CredentialHeader is { } header)
            request.Headers.TryAddWithoutValidation(header, target.Credential);
        foreach (var (name, value) in call.Context.Request.Headers)
        {
            // Version and betas change what a body means; the rest is about the client.
            if (CountRoute.Sends(name) && HeaderRules.Forwards(target.Provider, name))
                request.Headers.TryAddWithoutValidation(name, (string?)value);
        }

        return request;
    }

    /// <summary>The number of the answer; null = there is none, or none that can be believed.</summary>
    private static async Task<long?> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var buffer = new byte[LongestAnswer];
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var length = await stream.ReadAtLeastAsync(buffer, LongestAnswer, throwOnEndOfStream: false, cancellationToken);
        return length < LongestAnswer ? TokensIn(buffer.AsSpan(0, length)) : null;
    }

    private static long? TokensIn(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("input_tokens"u8))
                    return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var tokens) && tokens is > 0 and <= InputEstimator.LargestInput ? tokens : null;
            }
        }
        catch (JsonException)
        {
            // As good as no answer.
        }

        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(1002, LogLevel.Warning, "{Provider} did not count a prompt (status {Status}; 0 = no answer, 504 = none in time); it is not asked again for a while.")]
        public static partial void NotCounted(ILogger logger, string provider, int status);
    }
}
