using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BudgetProxy.Tests.Stripe.Simulated;

/// <summary><c>POST /v1/billing/meter_events</c> and its cancelling.</summary>
internal sealed partial class MeterEventRoutes(SimulatedStripe stripe)
{
    private static readonly TimeSpan Unique = TimeSpan.FromHours(24);

    private int _made;

    /// <summary>What is found before the call begins; null = it may.</summary>
    public static StripeResult? Check(StripeCall call)
    {
        if (call.Parameters.FirstOrDefault(one =>
                one.Key is not ("event_name" or "identifier" or "timestamp") && !IsIn("payload", one.Key) && !IsIn("expand", one.Key)).Key is { } unknown)
        {
            return StripeResult.Invalid($"Received unknown parameter: {unknown}", unknown, "parameter_unknown");
        }

        if (string.IsNullOrEmpty(call["event_name"]))
            return StripeResult.Invalid("Missing required param: event_name.", "event_name", "parameter_missing");
        if (call["event_name"]!.Length > 100)
            return StripeResult.Invalid("Invalid string: must be at most 100 characters", "event_name");
        if (call.Map("payload").Count == 0)
            return StripeResult.Invalid("Missing required param: payload.", "payload", "parameter_missing");
        if (call["identifier"]?.Length > 100)
            return StripeResult.Invalid("Invalid string: must be at most 100 characters", "identifier");
        return call["timestamp"] is { } timestamp && !long.TryParse(timestamp, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            ? StripeResult.Invalid($"Invalid integer: {timestamp}", "timestamp", "parameter_invalid_integer")
            : null;
    }

    public StripeResult Execute(StripeCall call, bool rejectLater)
    {
        var now = stripe.Clock.GetUtcNow();
        var eventName = call["event_name"]!;
        if (stripe.Meters.Find(eventName) is not { } meter)
            return StripeResult.Refused("No active meter found with this event name.");
        var payload = call.Map("payload");
        if (payload.Keys.FirstOrDefault(key => key != meter.CustomerKey && key != meter.ValueKey) is { } dimension)
            return StripeResult.Refused($"The meter has no dimension {dimension}.", $"payload[{dimension}]");
        if (!payload.TryGetValue(meter.CustomerKey, out var customer) || customer.Length == 0)
            return StripeResult.Refused($"Customer mapping key {meter.CustomerKey} not found in payload.", $"payload[{meter.CustomerKey}]");
        if (!payload.TryGetValue(meter.ValueKey, out var text))
            return StripeResult.Refused($"Value key {meter.ValueKey} not found in payload.", $"payload[{meter.ValueKey}]");
        if (!WholeNumber().IsMatch(text))
            return StripeResult.Refused($"The value {text} is not a whole number.", $"payload[{meter.ValueKey}]");
        if (text.TrimStart('-').TrimStart('0').Length > 15)
            return StripeResult.Refused("The value has too many digits: at most 15 significant digits are supported.", $"payload[{meter.ValueKey}]");
        var stamp = call["timestamp"] is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(long.Parse(seconds, CultureInfo.InvariantCulture)) : now;
        if (stamp < now.AddDays(-35) || stamp > now.AddMinutes(5))
            return StripeResult.Refused("The timestamp must be within the past 35 calendar days, or up to 5 minutes in the future.", "timestamp");
        var known = stripe.Catalog.HasCustomer(customer);
        if (!known && !stripe.CustomersCheckedLater)
            return StripeResult.Refused($"No such customer: '{customer}'", $"payload[{meter.CustomerKey}]", "resource_missing");
        var identifier = call["identifier"] ?? $"sim-{Interlocked.Increment(ref _made)}";
        lock (stripe.Books.Gate)
        {
            if (stripe.Books.Events.Any(one => one.Identifier == identifier && now - one.ReceivedAt < Unique))
                return StripeResult.Refused($"An event already exists with identifier {identifier}.").With("Stripe-Should-Retry", "false");
            stripe.Books.Accept(new SimulatedMeterEvent(eventName, customer, long.Parse(text, CultureInfo.InvariantCulture), identifier, stamp, now)
            {
                RejectedFor = !known ? "meter_event_customer_not_found" : rejectLater ? "meter_event_invalid_value" : null,
            });
        }

        return StripeResult.Ok(new JsonObject
        {
            ["object"] = "billing.meter_event",
            ["created"] = now.ToUnixTimeSeconds(),
            ["event_name"] = eventName,
            ["identifier"] = identifier,
            ["livemode"] = false,
            ["payload"] = new JsonObject(payload.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value))),
            ["timestamp"] = stamp.ToUnixTimeSeconds(),
        });
    }

    /// <summary><c>POST /v1/billing/meter_event_adjustments</c>: what was received in the last 24 hours can be cancelled.</summary>
    public StripeResult Adjust(StripeCall call)
    {
        if (call.Parameters.FirstOrDefault(one => one.Key is not ("type" or "event_name" or "cancel[identifier]")).Key is { } unknown)
            return StripeResult.Invalid($"Received unknown parameter: {unknown}", unknown, "parameter_unknown");
        if (call["type"] != "cancel" || call["event_name"] is not { } eventName || call["cancel[identifier]"] is not { } identifier)
            return StripeResult.Invalid("An adjustment is of type cancel and names event_name and cancel[identifier].");
        var now = stripe.Clock.GetUtcNow();
        var known = stripe.Books.Events.LastOrDefault(one => one.EventName == eventName && one.Identifier == identifier);
        if (known is null || now - known.ReceivedAt > Unique)
            return StripeResult.Refused("You can only cancel events that were received within the last 24 hours.");
        known.IsCancelled = true;
        return StripeResult.Ok(new JsonObject
        {
            ["object"] = "billing.meter_event_adjustment",
            ["cancel"] = new JsonObject { ["identifier"] = identifier },
            ["event_name"] = eventName,
            ["livemode"] = false,
            ["status"] = "pending",
            ["type"] = "cancel",
        });
    }

    private static bool IsIn(string map, string name) => name.StartsWith(map + "[", StringComparison.Ordinal) && name.EndsWith(']');

    [GeneratedRegex("^-?[0-9]+$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex WholeNumber();
}
