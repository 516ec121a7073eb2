using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace BudgetProxy.Stripe;

/// <summary>
/// Makes of an answer what an exporter acts by. Most of Stripe's errors of meter events have no code, so that messages are read too: by how they begin, or by
/// the parameter that they name.
/// </summary>
internal static class StripeReplies
{
    private const int MostMessageChars = 300;

    /// <summary>An answer that has come whole.</summary>
    /// <param name="error">The member <c>error</c> of the body; an undefined element where there is none.</param>
    public static StripeReply Of(HttpResponseMessage response, JsonElement error, DateTimeOffset now)
    {
        var (code, message) = (Text(error, "code"), Text(error, "message"));
        var outcome = OutcomeOf((int)response.StatusCode, new Reason(Text(error, "type"), code, Text(error, "param"), message ?? ""));
        return new StripeReply(
            outcome,
            (int)response.StatusCode,
            outcome == StripeOutcome.Done ? null : Line(message ?? $"Stripe answered {(int)response.StatusCode} and said no more."),
            code,
            WaitOf(response.Headers.RetryAfter, now),
            Flag(response, "Idempotent-Replayed") ?? false,
            response.Headers.Date,
            Flag(response, "Stripe-Should-Retry"),
            response.Headers.TryGetValues("Request-Id", out var ids) ? ids.FirstOrDefault() : null);
    }

    /// <summary>There was no answer. Where no connection came about, no byte of the request has left.</summary>
    public static StripeReply OfFailure(HttpRequestException failed)
    {
        var sent = failed.HttpRequestError is not
            (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError);
        var message = failed.InnerException is { } inner ? $"{failed.Message} {inner.Message}" : failed.Message;
        return new StripeReply(sent ? StripeOutcome.Unknown : StripeOutcome.Busy, 0, Line(message), null, null, false, null);
    }

    /// <summary>Something came, and it is not what Stripe answers: whether the request was carried out is not known.</summary>
    public static StripeReply Unreadable(StripeReply reply, string why) => reply with { Outcome = StripeOutcome.Unknown, Message = why };

    public static StripeReply Lost(string why) => new(StripeOutcome.Unknown, 0, Line(why), null, null, false, null);

    private static TimeSpan? WaitOf(RetryConditionHeaderValue? header, DateTimeOffset now) =>
        (header?.Delta ?? header?.Date - now) is { } wait ? (wait > TimeSpan.Zero ? wait : TimeSpan.Zero) : null;

    private static StripeOutcome OutcomeOf(int status, Reason reason) => status switch
    {
        >= 200 and < 300 => StripeOutcome.Done,
        (int)HttpStatusCode.Unauthorized or (int)HttpStatusCode.Forbidden => StripeOutcome.Unauthorised,
        (int)HttpStatusCode.Conflict or (int)HttpStatusCode.TooManyRequests => StripeOutcome.Busy,
        // Before anything else of a 4xx: it says that the event is there.
        >= 400 and < 500 when reason.Code == "duplicate_meter_event" || reason.Says("An event already exists with identifier") => StripeOutcome.Duplicate,
        (int)HttpStatusCode.RequestTimeout => StripeOutcome.Unknown,
        >= 400 and < 500 => RefusalOf(reason),
        // Redirects too: Stripe sends none, so this is not Stripe's answer.
        _ => StripeOutcome.Unknown,
    };

    private static StripeOutcome RefusalOf(Reason reason)
    {
        if (reason.Type == "idempotency_error")
            return StripeOutcome.KeyReused;
        switch (reason.Code)
        {
            case "no_meter" or "archived_meter":
                return StripeOutcome.NoMeter;
            case "meter_event_customer_not_found" or "meter_event_no_customer_defined":
                return StripeOutcome.NoCustomer;
            case "meter_event_value_too_many_digits" or "meter_event_invalid_value" or "meter_event_value_not_found":
                return StripeOutcome.BadValue;
            case "timestamp_in_future" or "timestamp_too_far_in_past":
                return StripeOutcome.BadTimestamp;
        }

        if (reason.Says("No active meter found"))
            return StripeOutcome.NoMeter;
        if (reason.Says("No such customer") || (reason.Code == "resource_missing" && reason.Parameter?.StartsWith("payload[", StringComparison.Ordinal) == true))
            return StripeOutcome.NoCustomer;
        if (reason.Parameter == "payload[value]" || reason.Message.Contains("too many digits", StringComparison.OrdinalIgnoreCase))
            return StripeOutcome.BadValue;
        if (reason.Parameter == "timestamp" || reason.Says("The timestamp") || reason.Says("Timestamp"))
            return StripeOutcome.BadTimestamp;
        return StripeOutcome.Refused;
    }

    private static string? Text(JsonElement error, string name) =>
        error.ValueKind == JsonValueKind.Object && error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool? Flag(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) && bool.TryParse(values.FirstOrDefault(), out var value) ? value : null;

    private static string Line(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= MostMessageChars ? line : line[..MostMessageChars];
    }

    private readonly record struct Reason(string? Type, string? Code, string? Parameter, string Message)
    {
        public bool Says(string beginning) => Message.StartsWith(beginning, StringComparison.OrdinalIgnoreCase);
    }
}
