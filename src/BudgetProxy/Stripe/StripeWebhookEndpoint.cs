using System.Net;
using System.Text.Json;
using System.Text.Unicode;
using BudgetProxy.Reservations;

namespace BudgetProxy.Stripe;

/// <summary>
/// <c>POST /webhooks/stripe</c>: takes what Stripe tells. The order matters: read within limits, check the signature over the bytes as they came, keep the event once,
/// answer; what it is about is worked off afterwards. Whoever can't sign learns only that.
/// </summary>
internal sealed partial class StripeWebhookEndpoint(StripeOptions options, IStripeEventStore store, StripeEventKeeper keeper, StripeMetrics metrics, ILogger<StripeWebhookEndpoint> logger)
{
    public const string Path = "/webhooks/stripe";

    private const int MostBytes = 256 * 1024;

    /// <summary>How long a body may take to come.</summary>
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(10);

    /// <summary>Seconds.</summary>
    private const int WarningPeriod = 60;

    private long _lastWarning;

    public async Task ServeAsync(HttpContext context)
    {
        var (body, status) = await ReadAsync(context);
        if (body is null)
        {
            await RefuseAsync(context, status, status switch
            {
                HttpStatusCode.RequestEntityTooLarge => $"The body is over {MostBytes} bytes.",
                HttpStatusCode.RequestTimeout => "The body did not come in time.",
                _ => "The body can't be read.",
            });
            return;
        }

        var verdict = StripeSignature.Verify(context.Request.Headers[StripeSignature.Header], body, options.WebhookSecrets, keeper.Clock.GetUtcNow());
        if (verdict != SignatureVerdict.Valid)
        {
            Warn(verdict);
            await RefuseAsync(context, HttpStatusCode.BadRequest, verdict switch
            {
                SignatureVerdict.Missing => $"One header {StripeSignature.Header} is needed.",
                SignatureVerdict.OutOfTime => "The signature's time is over 300 seconds from this machine's.",
                _ => "The signature is not right.",
            });
            return;
        }

        if (NoticeOf(body) is not { } notice)
        {
            await RefuseAsync(context, HttpStatusCode.BadRequest, "The body is no event of Stripe.");
            return;
        }

        await KeepAsync(context, notice);
    }

    /// <summary>Anybody may come here: a line for each would fill the log.</summary>
    private void Warn(SignatureVerdict verdict)
    {
        var now = keeper.Clock.GetUtcNow().ToUnixTimeSeconds();
        var last = Interlocked.Read(ref _lastWarning);
        if (now - last >= WarningPeriod && Interlocked.CompareExchange(ref _lastWarning, now, last) == last)
            Log.Refused(logger, verdict);
    }

    private async Task KeepAsync(HttpContext context, StripeNotice notice)
    {
        if (!IsOfMeters(notice.Type))
        {
            metrics.Webhook("ignored");
            await AnswerAsync(context, HttpStatusCode.OK, "Not needed.");
            return;
        }

        try
        {
            // Kept even if the caller hangs up now: it would send it again, and nothing is lost.
            var isNew = await store.AddAsync(notice, CancellationToken.None);
            metrics.Webhook(isNew ? "kept" : "repeated");
            if (isNew)
                keeper.Wake();
            await AnswerAsync(context, HttpStatusCode.OK, isNew ? "Kept." : "Kept before.");
        }
        catch (StoreUnavailableException away)
        {
            // Stripe sends it again for three days.
            metrics.Webhook("store_away");
            Log.StoreAway(logger, away);
            await AnswerAsync(context, HttpStatusCode.ServiceUnavailable, "The store can't be reached: send it again.");
        }
    }

    private static bool IsOfMeters(string type) => type is "v1.billing.meter.error_report_triggered" or "v1.billing.meter.no_meter_found";

    /// <summary>The bytes as they came, or why they did not.</summary>
    private static async Task<(byte[]? Body, HttpStatusCode Status)> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MostBytes)
            return (null, HttpStatusCode.RequestEntityTooLarge);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(ReadLimit);
        using var body = new MemoryStream();
        var chunk = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await context.Request.Body.ReadAsync(chunk, limit.Token)) > 0)
            {
                if (body.Length + read > MostBytes)
                    return (null, HttpStatusCode.RequestEntityTooLarge);
                body.Write(chunk, 0, read);
            }
        }
        catch (BadHttpRequestException bad)
        {
            return (null, (HttpStatusCode)bad.StatusCode);
        }
        catch (Exception cut) when (cut is OperationCanceledException or IOException)
        {
            return (null, HttpStatusCode.RequestTimeout);
        }

        return (body.ToArray(), HttpStatusCode.OK);
    }

    private StripeNotice? NoticeOf(byte[] body)
    {
        if (!Utf8.IsValid(body))
            return null;
        try
        {
            var root = JsonElement.Parse(body);
            var now = keeper.Clock.GetUtcNow();
            return StripeObjects.Text(root, "id") is { Length: > 0 and <= 255 } id && StripeObjects.Text(root, "type") is { Length: > 0 and <= 255 } type && IsPlain(id) && IsPlain(type)
                ? new StripeNotice(id, type, StripeObjects.Text(StripeObjects.Member(root, "related_object"), "id") is { Length: <= 255 } meter && IsPlain(meter) ? meter : null, now, now)
                : null;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsPlain(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    private Task RefuseAsync(HttpContext context, HttpStatusCode status, string why)
    {
        metrics.Webhook("refused");
        return AnswerAsync(context, status, why);
    }

    private static Task AnswerAsync(HttpContext context, HttpStatusCode status, string text)
    {
        context.Response.StatusCode = (int)status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text + "\n");
    }

    private static partial class Log
    {
        [LoggerMessage(9201, LogLevel.Warning, "A request to /webhooks/stripe was refused: {Verdict}. Where it was Stripe's, compare BudgetProxy__Stripe__WebhookSecret with the webhook's page, and this machine's clock.")]
        public static partial void Refused(ILogger logger, SignatureVerdict verdict);

        [LoggerMessage(9202, LogLevel.Warning, "An event of Stripe could not be kept, since the store is away; Stripe sends it again.")]
        public static partial void StoreAway(ILogger logger, Exception exception);
    }
}
