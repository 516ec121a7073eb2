using System.Globalization;
using System.Text.Json;

namespace BudgetProxy.Stripe;

/// <summary>
/// Reads <c>GET /v2/core/events/{id}</c> of <c>v1.billing.meter.error_report_triggered</c> and <c>…no_meter_found</c>, and makes of it what is kept. Stripe names
/// some of the meter events only; for the rest there is a count.
/// </summary>
internal static class StripeErrorReports
{
    private const int MostChars = 500;

    /// <summary>Null where it is no event of such a report.</summary>
    public static StripeErrorReport? Read(JsonElement body)
    {
        var reason = StripeObjects.Member(StripeObjects.Member(body, "data"), "reason");
        if (StripeObjects.Text(body, "id") is null || reason.ValueKind != JsonValueKind.Object)
            return null;
        var kinds = new List<StripeErrorKind>();
        if (StripeObjects.Member(reason, "error_types") is { ValueKind: JsonValueKind.Array } types)
        {
            foreach (var type in types.EnumerateArray())
                kinds.Add(KindOf(type));
        }

        var data = StripeObjects.Member(body, "data");
        return new StripeErrorReport(
            StripeObjects.Text(StripeObjects.Member(body, "related_object"), "id"),
            Instant(data, "validation_start"), Instant(data, "validation_end"), Whole(reason, "error_count"), kinds);
    }

    /// <summary>One reject for each meter event that is named, and one for each code that has more than are named.</summary>
    public static List<StripeReject> RejectsOf(StripeNotice notice, StripeErrorReport report, DateTimeOffset now)
    {
        var rejects = new List<StripeReject>();
        StripeReject Blank(string code, string message, long? count) => new(
            Guid.CreateVersion7(now), notice.EventId, now, report.Meter ?? notice.Meter, report.From, report.To, Clean(code), Clean(message), count, null, null, null);

        foreach (var kind in report.Kinds)
        {
            var named = 0;
            foreach (var (message, identifier) in kind.Samples)
            {
                if (identifier is null)
                    continue;
                named++;
                rejects.Add(Blank(kind.Code, message, 1) with { Identifier = Clean(identifier), Bucket = BucketIdIn(identifier) });
            }

            if (kind.Count > named)
                rejects.Add(Blank(kind.Code, kind.Samples.FirstOrDefault(sample => sample.Identifier is null).Message ?? "Stripe names no more of them.", kind.Count - named));
        }

        if (report.Count is { } all && all > report.Kinds.Sum(kind => kind.Count))
            rejects.Add(Blank("unknown", "Stripe tells of more errors than of their codes.", all - report.Kinds.Sum(kind => kind.Count)));
        return rejects;
    }

    public static StripeReject Unreadable(StripeNotice notice, string why, DateTimeOffset now) => new(
        Guid.CreateVersion7(now), notice.EventId, now, notice.Meter, null, null, StripeReject.ReportUnreadable, Clean(why), null, null, null, null);

    /// <summary>What stands behind <c>bp1:</c>, also where it is an idempotency key with its generation.</summary>
    private static Guid? BucketIdIn(string identifier) =>
        identifier.StartsWith("bp1:", StringComparison.Ordinal) && Guid.TryParseExact(identifier.AsSpan(4, Math.Min(32, identifier.Length - 4)), "N", out var id) ? id : null;

    private static StripeErrorKind KindOf(JsonElement type)
    {
        var samples = new List<(string Message, string? Identifier)>();
        if (StripeObjects.Member(type, "sample_errors") is { ValueKind: JsonValueKind.Array } errors)
        {
            foreach (var error in errors.EnumerateArray())
            {
                // Older reports name the request, or its idempotency key, which begins with the identifier here.
                var request = StripeObjects.Member(error, "request");
                var identifier = StripeObjects.Text(request, "identifier") ?? StripeObjects.Text(request, "idempotency_key");
                samples.Add((StripeObjects.Text(error, "error_message") ?? "", identifier));
            }
        }

        return new StripeErrorKind(StripeObjects.Text(type, "code") ?? "unknown", Math.Max(Whole(type, "error_count") ?? 0, samples.Count), samples);
    }

    private static long? Whole(JsonElement parent, string name) => StripeObjects.Number(parent, name) is { } number and >= 0 and < long.MaxValue ? (long)number : null;

    private static DateTimeOffset? Instant(JsonElement parent, string name) =>
        DateTimeOffset.TryParse(StripeObjects.Text(parent, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUniversalTime() : null;

    /// <summary>One line that any database takes.</summary>
    private static string Clean(string text)
    {
        var line = string.Concat((text.Length <= MostChars ? text : text[..MostChars]).Select(letter => char.IsControl(letter) || char.IsSurrogate(letter) ? ' ' : letter));
        return line.Trim();
    }
}
