using System.Globalization;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Runs;

namespace BudgetProxy.Gateway;

/// <summary>Every reason for which the proxy itself answers a data-plane call.</summary>
public static class Refusals
{
    /// <summary>The longest wait that is worth telling: SDKs sleep as long as they are told.</summary>
    private const int LongestRetryAfterSeconds = 60;

    /// <summary>No rate is known for the model.</summary>
    public const string UnpricedModelCode = "unpriced_model";

    private const string Routes =
        "It takes chat/completions, responses, completions, embeddings, moderations, files for batches, batches and models of OpenAI, and messages, messages/batches, messages/count_tokens and models of Anthropic.";

    public static readonly GatewayRefusal NoKey = new(
        StatusCodes.Status401Unauthorized, "invalid_api_key",
        "No API key was given. Put your BudgetProxy key (bp_…) where the provider's key goes: Authorization: Bearer, x-api-key, api-key or x-goog-api-key.");

    public static readonly GatewayRefusal UnknownKey = new(
        StatusCodes.Status401Unauthorized, "invalid_api_key", "This API key is not known, was revoked or has expired. Ask your administrator for a new BudgetProxy key.");

    public static readonly GatewayRefusal Suspended = new(
        StatusCodes.Status403Forbidden, "tenant_suspended", "This account is suspended. Ask your administrator.");

    public static readonly GatewayRefusal UnsupportedRoute = Unsupported(null);

    public static readonly GatewayRefusal UnsupportedEncoding = new(
        StatusCodes.Status415UnsupportedMediaType, "unsupported_encoding", "A request body that is compressed, or not UTF-8, can't be priced as it stands. Send plain UTF-8 without Content-Encoding.");

    public static readonly GatewayRefusal BrokenBody = new(
        StatusCodes.Status400BadRequest, "invalid_request", "The request body could not be read: its framing is broken.");

    public static readonly GatewayRefusal AmbiguousFraming = new(
        StatusCodes.Status400BadRequest, "invalid_request", "The request has both Content-Length and Transfer-Encoding, or chunks in HTTP/1.0. Send one length.");

    public static readonly GatewayRefusal StoreUnavailable = new(
        StatusCodes.Status503ServiceUnavailable, "budget_store_unavailable", "Budgets can't be checked just now, so nothing was forwarded. Retry in a moment.")
    {
        RetryAfterSeconds = 1,
    };

    /// <summary>The provider refused the proxy's own credential: no fault of the tenant's key, and the provider's text may show a part of the real one.</summary>
    public static readonly GatewayRefusal ProviderKeyRefused = new(
        StatusCodes.Status502BadGateway, "provider_key_refused", "The provider refused this proxy's own key. Ask your administrator to set it right.");

    /// <summary>A path that is not forwarded.</summary>
    /// <param name="reason">Why, as the end of a sentence; null = nothing more to say.</param>
    public static GatewayRefusal Unsupported(string? reason) => new(
        StatusCodes.Status403Forbidden, "unsupported_route",
        (reason is null ? "This proxy can't meter this route, so it does not forward it." : $"This proxy does not forward this route: {reason}") + " " + Routes);

    /// <summary>The provider could not be reached or broke off. Where it may have begun, a retry may be billed twice, so none is invited.</summary>
    public static GatewayRefusal ProviderFailed(bool timedOut, bool mayHaveBegun) => new(
        timedOut ? StatusCodes.Status504GatewayTimeout : StatusCodes.Status502BadGateway,
        timedOut ? "upstream_timeout" : "upstream_unavailable",
        timedOut ? "The provider did not answer in time." : mayHaveBegun ? "The provider broke off before its answer was whole." : "The provider can't be reached.")
    {
        RetryAfterSeconds = mayHaveBegun ? null : 1,
    };

    /// <summary>The process stops and could not wait for the answer. Where the provider may have begun, a retry may be billed twice, so none is invited.</summary>
    public static GatewayRefusal ShuttingDown(bool mayHaveBegun) => new(
        StatusCodes.Status503ServiceUnavailable, "shutting_down",
        mayHaveBegun ? "This proxy is shutting down and could not wait for the answer." : "This proxy is shutting down, so nothing was forwarded. Retry in a moment.")
    {
        RetryAfterSeconds = mayHaveBegun ? null : 1,
    };

    public static GatewayRefusal TooLarge(long maxBytes) => new(
        StatusCodes.Status413PayloadTooLarge, "request_too_large", $"The request body is larger than the {maxBytes:N0} bytes this proxy takes.");

    /// <summary>What is not the tenant's is not there, whether the provider has it or not.</summary>
    /// <param name="what">What was asked for, in one word or two.</param>
    public static GatewayRefusal NotFound(string what, string id) => new(
        StatusCodes.Status404NotFound, "not_found", $"There is no {what} {Shown(id)}. This proxy serves what was made through it with a key of the same account.");

    public static GatewayRefusal InvalidAttribution(string header) => new(
        StatusCodes.Status400BadRequest, "invalid_request", $"The value of {header} is not valid: at most 256 printable characters; tags are k=v,k=v with at most 16 names.");

    public static GatewayRefusal InvalidRequest(RequestError error) => new(StatusCodes.Status400BadRequest, "invalid_request", error.Param is null ? error.Message : $"{error.Param}: {error.Message}")
    {
        Param = error.Param,
    };

    public static GatewayRefusal ModelNotAllowed(string model) => new(
        StatusCodes.Status403Forbidden, "model_not_allowed", $"The model {Shown(model)} is not among those this key may use.") { Param = "model" };

    public static GatewayRefusal Unpriced(string model) => new(
        StatusCodes.Status402PaymentRequired, UnpricedModelCode,
        $"There is no rate for the model {Shown(model)}, so it can't be held against a budget. Use the exact id of a model that has one.")
    {
        Param = "model",
    };

    public static GatewayRefusal TooExpensive(NanoUsd cost, NanoUsd ceiling) => new(
        StatusCodes.Status402PaymentRequired, "request_too_expensive",
        $"This call alone could cost {cost.ToBalance()} USD, above the ceiling of {ceiling.ToBalance()} USD a call. Shorten the prompt or lower the output limit.")
    {
        EstimatedCost = cost,
    };

    /// <summary>A run that its owner has ended takes no further call, whatever it has left.</summary>
    public static GatewayRefusal RunEnded(Run run) => new(
        StatusCodes.Status402PaymentRequired, "budget_exceeded",
        $"The run {Shown(run.Id)} was ended at {Shown(run.EndedAt ?? run.ChangedAt)} and takes no further call. Use another run.");

    /// <summary>The answer to a budget that could not take its hold.</summary>
    public static GatewayRefusal OverBudget(Refusal refusal, Call call, DateTimeOffset now) => OverBudget(
        refusal, "call", call.Quote.Worst, CallBounds.Of(call.Quote, call.Tenant.MarkupBasisPoints).AmountIn(refusal.Budget), now);

    /// <summary>The same for what is no single call.</summary>
    /// <param name="what">What was refused, in one word.</param>
    /// <param name="cost">What would have been reserved in all.</param>
    /// <param name="needed">What was asked of this budget, by its kind.</param>
    public static GatewayRefusal OverBudget(Refusal refusal, string what, NanoUsd cost, long needed, DateTimeOffset now)
    {
        if (refusal.HeldByOthers)
        {
            return new GatewayRefusal(
                StatusCodes.Status429TooManyRequests, "budget_held",
                $"The {NameOf(refusal)} is held by calls in flight. Retry in a few seconds.")
            {
                Budget = refusal,
                EstimatedCost = cost,
                // Spread, so that callers who were refused together don't come back together.
                RetryAfterSeconds = Random.Shared.Next(1, 6),
            };
        }

        var kind = refusal.Budget.LimitKind;
        var message = refusal.Budget.IsCredit ? NoCredit(refusal, what, needed) : $"The {NameOf(refusal)} can't take this {what}: it may need {Shown(needed, kind)}, "
            + $"{Shown(refusal.Remaining, kind)} of {Shown(refusal.Limit, kind)} remain. {Outlook(refusal, needed)}";
        if (!refusal.Budget.Window.IsShorterThanDay)
            return new GatewayRefusal(StatusCodes.Status402PaymentRequired, "budget_exceeded", message) { Budget = refusal, EstimatedCost = cost };

        var wait = refusal.ResetsAt is { } resets ? Math.Ceiling((resets - now).TotalSeconds) : double.MaxValue;
        return new GatewayRefusal(StatusCodes.Status429TooManyRequests, "velocity_exceeded", message)
        {
            Budget = refusal,
            EstimatedCost = cost,
            RetryAfterSeconds = wait <= LongestRetryAfterSeconds && needed <= refusal.Limit ? (int)Math.Max(1, wait) : null,
        };
    }

    /// <summary>An instant as answers show it: RFC 3339, UTC, whole seconds.</summary>
    public static string Shown(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>An amount in the unit of its limit, as headers and messages show it.</summary>
    public static string Shown(long amount, LimitKind kind) => kind switch
    {
        LimitKind.Usd or LimitKind.Charged => $"{new NanoUsd(amount).ToBalance()} USD",
        LimitKind.Requests => $"{amount} {(amount == 1 ? "request" : "requests")}",
        _ => $"{amount} {(amount == 1 ? "token" : "tokens")}",
    };

    /// <summary>What refused: a run's own limit goes by the run.</summary>
    private static string NameOf(Refusal refusal) =>
        refusal.Budget.Name == RunBudget.Name ? $"run {Shown(refusal.ScopeValue)}" : $"budget '{refusal.Budget.Name}'";

    /// <summary>In the words of who has paid in.</summary>
    private static string NoCredit(Refusal refusal, string what, long needed) =>
        $"Your prepaid balance is {Shown(refusal.Remaining, refusal.Budget.LimitKind)}, and this {what} may come to {Shown(needed, refusal.Budget.LimitKind)}. "
        + "Top up your balance, or ask for less: a shorter prompt or a lower output limit.";

    private static string Outlook(Refusal refusal, long needed) =>
        needed > refusal.Limit ? "That is more than the whole limit: shorten the prompt or lower the output limit."
        : refusal.ResetsAt is { } at ? $"It resets at {Shown(at)}."
        : "It does not reset by itself.";

    /// <summary>A client's own text in an answer to itself: cut, so that an answer stays small.</summary>
    private static string Shown(string model) => model.Length <= 80 ? $"'{model}'" : $"'{model.AsSpan(0, 80)}…'";
}
