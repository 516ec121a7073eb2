using System.Globalization;
using System.Text.Json.Nodes;

namespace BudgetProxy.Tests.Stripe.Simulated;

/// <summary><c>/v1/billing/meters</c> and their summaries.</summary>
internal sealed class MeterRoutes(SimulatedStripe stripe)
{
    private static readonly string[] OfCreation =
        ["display_name", "event_name", "default_aggregation[formula]", "customer_mapping[type]", "customer_mapping[event_payload_key]", "value_settings[event_payload_key]", "event_time_window"];

    private readonly Lock _gate = new();
    private readonly List<SimulatedMeter> _meters = [];

    public IReadOnlyList<SimulatedMeter> All
    {
        get
        {
            lock (_gate)
                return [.. _meters];
        }
    }

    /// <summary>The active one of this event name.</summary>
    public SimulatedMeter? Find(string eventName) => All.FirstOrDefault(meter => meter.IsActive && meter.EventName == eventName);

    public SimulatedMeter Add(string eventName, Func<SimulatedMeter, SimulatedMeter>? change = null)
    {
        lock (_gate)
        {
            var meter = new SimulatedMeter($"mtr_test_sim{_meters.Count + 1}", eventName, stripe.Clock.GetUtcNow());
            meter = change?.Invoke(meter) ?? meter;
            _meters.Add(meter);
            return meter;
        }
    }

    public StripeResult Answer(StripeCall call)
    {
        var (id, verb) = (call.Part(3), call.Part(4));
        if (id.Length == 0)
            return call.IsPost ? Create(call) : SimulatedLists.Page(call, ["status"], All.Where(meter => IsOf(meter, call["status"])).Reverse(), meter => meter.Id, meter => meter.ToJson());
        if (All.FirstOrDefault(meter => meter.Id == id) is not { } known)
            return StripeResult.Refused($"No such meter: '{id}'", "id", "resource_missing", 404);
        switch (verb, call.IsPost)
        {
            case ("event_summaries", false):
                return Summaries(call, known);
            case ("deactivate", true):
                known.IsActive = false;
                return StripeResult.Ok(known.ToJson());
            case ("reactivate", true):
                if (Find(known.EventName) is not null)
                    return StripeResult.Refused("An active meter with this event name exists.");
                known.IsActive = true;
                return StripeResult.Ok(known.ToJson());
            case ("", false):
                return StripeResult.Ok(known.ToJson());
            case ("", true):
                if (SimulatedLists.Unknown(call, ["display_name"]) is { } wrong)
                    return wrong;
                known.DisplayName = call["display_name"] ?? known.DisplayName;
                return StripeResult.Ok(known.ToJson());
            default:
                return SimulatedLists.NoSuchRoute(call);
        }
    }

    private StripeResult Create(StripeCall call)
    {
        if (SimulatedLists.Unknown(call, OfCreation) is { } wrong)
            return wrong;
        foreach (var name in new[] { "display_name", "event_name", "default_aggregation[formula]" })
        {
            if (string.IsNullOrEmpty(call[name]))
                return StripeResult.Invalid($"Missing required param: {name}.", name, "parameter_missing");
        }

        if (call["event_name"]!.Length > 100 || call["default_aggregation[formula]"] is not ("sum" or "count" or "last") || call["event_time_window"] is not (null or "hour" or "day"))
            return StripeResult.Invalid("Invalid event_name, formula or event_time_window.");
        if (call["customer_mapping[type]"] is not (null or "by_id"))
            return StripeResult.Invalid("Invalid customer_mapping[type]: must be by_id", "customer_mapping[type]");
        if (Find(call["event_name"]!) is not null)
            return StripeResult.Refused("An active meter with this event name already exists.", "event_name");
        return StripeResult.Ok(Add(call["event_name"]!, meter => meter with
        {
            DisplayName = call["display_name"]!,
            Formula = call["default_aggregation[formula]"]!,
            CustomerKey = call["customer_mapping[event_payload_key]"] ?? meter.CustomerKey,
            ValueKey = call["value_settings[event_payload_key]"] ?? meter.ValueKey,
            EventTimeWindow = call["event_time_window"],
        }).ToJson());
    }

    private StripeResult Summaries(StripeCall call, SimulatedMeter meter)
    {
        string[] known = ["customer", "start_time", "end_time", "value_grouping_window"];
        if (SimulatedLists.Unknown(call, [.. known, .. SimulatedLists.Paging]) is { } wrong)
            return wrong;
        if (call["customer"] is not { } customer || !long.TryParse(call["start_time"], CultureInfo.InvariantCulture, out var from)
            || !long.TryParse(call["end_time"], CultureInfo.InvariantCulture, out var to))
        {
            return StripeResult.Invalid("Missing required param: customer, start_time or end_time.", code: "parameter_missing");
        }

        var step = call["value_grouping_window"] switch { null => 0L, "hour" => 3600L, "day" => 86_400L, _ => -1L };
        if (step < 0)
            return StripeResult.Invalid("Invalid value_grouping_window: must be one of hour or day", "value_grouping_window");
        var unit = Math.Max(60L, step);
        if (from % unit != 0 || to % unit != 0)
            return StripeResult.Invalid($"Time must align with {(unit == 60 ? "minute" : unit == 3600 ? "hour" : "day")} boundaries", from % unit != 0 ? "start_time" : "end_time");
        if (from >= to)
            return StripeResult.Invalid("start_time must be before end_time", "start_time");
        if (!stripe.Catalog.HasCustomer(customer))
            return StripeResult.Refused($"No such customer: '{customer}'", "customer", "resource_missing", 404);
        var rows = Counted(meter, customer).Where(one => one.Timestamp.ToUnixTimeSeconds() is var at && at >= from && at < to)
            .GroupBy(one => step == 0 ? from : one.Timestamp.ToUnixTimeSeconds() / step * step)
            .OrderByDescending(group => group.Key)
            .Select(group => (Id: $"mtrusg_test_{meter.Id}_{group.Key}_{unit}", From: group.Key, To: step == 0 ? to : group.Key + step, Value: meter.Formula switch
            {
                "count" => group.LongCount(),
                "last" => group.OrderBy(one => one.Timestamp).Last().Value,
                _ => group.Sum(one => one.Value),
            }));
        return SimulatedLists.Page(call, known, rows, row => row.Id, row => new JsonObject
        {
            ["id"] = row.Id,
            ["object"] = "billing.meter_event_summary",
            ["aggregated_value"] = row.Value,
            ["end_time"] = row.To,
            ["livemode"] = false,
            ["meter"] = meter.Id,
            ["start_time"] = row.From,
        });
    }

    /// <summary>What has been added up by now: Stripe lags behind what it accepted, and throws away what it finds wrong.</summary>
    private IEnumerable<SimulatedMeterEvent> Counted(SimulatedMeter meter, string customer)
    {
        var now = stripe.Clock.GetUtcNow();
        var events = stripe.Books.Events.Where(one =>
            one.Counts && one.Customer == customer && one.EventName == meter.EventName && one.ReceivedAt >= meter.Created && one.ReceivedAt + stripe.Lag <= now);
        if (meter.EventTimeWindow is not { } window)
            return events;
        var seconds = window == "hour" ? 3600L : 86_400L;
        return events.GroupBy(one => one.Timestamp.ToUnixTimeSeconds() / seconds).Select(group => group.Last());
    }

    private static bool IsOf(SimulatedMeter meter, string? status) => status is null || status == (meter.IsActive ? "active" : "inactive");
}
