using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using BudgetProxy.Stripe;

namespace BudgetProxy.Tests.Stripe.Simulated;

/// <summary>Thin events about what was thrown away, the call that tells what they are about, and the webhooks that bring them.</summary>
internal sealed class SimulatedReports(SimulatedStripe stripe)
{
    private readonly ConcurrentDictionary<string, JsonObject> _events = new();
    private int _made;

    /// <summary>Makes a report of all that was thrown away and not told yet, for each meter.</summary>
    /// <param name="mostSamples">Identifiers that it names of a code.</param>
    /// <returns>The ids of the events.</returns>
    public IReadOnlyList<string> ReportRejected(int mostSamples = 5)
    {
        var made = new List<string>();
        foreach (var group in stripe.Books.Events.Where(one => one is { RejectedFor: not null, IsReported: false }).GroupBy(one => one.EventName).ToList())
        {
            var codes = group.GroupBy(one => one.RejectedFor!).Select(code => (code.Key, code.LongCount(), code.Take(mostSamples).Select(one => one.Identifier).ToArray())).ToArray();
            made.Add(Report(stripe.Meters.Find(group.Key), codes));
            foreach (var one in group)
                one.IsReported = true;
        }

        return made;
    }

    /// <param name="meter">Null = an event that no meter was found.</param>
    /// <returns>The event's id.</returns>
    public string Report(SimulatedMeter? meter, params (string Code, long Count, string[] Identifiers)[] codes)
    {
        var id = $"evt_test_sim{Interlocked.Increment(ref _made)}";
        var now = stripe.Clock.GetUtcNow();
        _events[id] = new JsonObject
        {
            ["id"] = id,
            ["object"] = "v2.core.event",
            ["type"] = meter is null ? "v1.billing.meter.no_meter_found" : "v1.billing.meter.error_report_triggered",
            ["livemode"] = false,
            ["created"] = Text(now),
            ["related_object"] = meter is null ? null : new JsonObject { ["id"] = meter.Id, ["type"] = "billing.meter", ["url"] = $"/v1/billing/meters/{meter.Id}" },
            ["data"] = new JsonObject
            {
                ["developer_message_summary"] = $"There are {codes.Sum(code => code.Count)} invalid events",
                ["reason"] = new JsonObject
                {
                    ["error_count"] = codes.Sum(code => code.Count),
                    ["error_types"] = new JsonArray([.. codes.Select(code => new JsonObject
                    {
                        ["code"] = code.Code,
                        ["error_count"] = code.Count,
                        ["sample_errors"] = new JsonArray([.. code.Identifiers.Select(identifier => new JsonObject
                        {
                            ["error_message"] = $"Thrown away for {code.Code}.",
                            ["request"] = new JsonObject { ["identifier"] = identifier },
                        })]),
                    })]),
                },
                ["validation_start"] = Text(now.AddSeconds(-10)),
                ["validation_end"] = Text(now),
            },
        };
        return id;
    }

    public StripeResult Answer(StripeCall call) => _events.TryGetValue(call.Part(3), out var known)
        ? StripeResult.Ok(known.DeepClone())
        : StripeResult.Refused("Event not found.", code: "not_found", status: 404);

    /// <summary>What a webhook brings: the event without what it is about.</summary>
    public string ThinBody(string eventId)
    {
        var thin = (JsonObject)_events[eventId].DeepClone();
        thin.Remove("data");
        return thin.ToJsonString();
    }

    /// <summary>Posts an event, signed.</summary>
    /// <param name="late">How long ago it was signed.</param>
    /// <param name="tamper">Changes the body after it was signed.</param>
    public async Task<(int Status, string Body)> SendAsync(Uri proxy, string secret, string eventId, TimeSpan late = default, Func<string, string>? tamper = null)
    {
        var body = ThinBody(eventId);
        return await PostAsync(proxy, tamper?.Invoke(body) ?? body, SignatureOf(body, stripe.Clock.GetUtcNow() - late, secret));
    }

    public static async Task<(int Status, string Body)> PostAsync(Uri proxy, string body, string? signature)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(proxy, "/webhooks/stripe"))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        if (signature is not null)
            request.Headers.TryAddWithoutValidation(StripeSignature.Header, signature);
        using var response = await client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public static string SignatureOf(string body, DateTimeOffset at, params string[] secrets)
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"t={timestamp}," + string.Join(',', secrets.Select(secret => "v1=" + Encoding.ASCII.GetString(StripeSignature.Compute(secret, timestamp, Encoding.UTF8.GetBytes(body)))))
            + ",v0=0123456789abcdef";
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
