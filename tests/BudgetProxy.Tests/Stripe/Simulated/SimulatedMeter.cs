using System.Text.Json.Nodes;

namespace BudgetProxy.Tests.Stripe.Simulated;

internal sealed record SimulatedMeter(string Id, string EventName, DateTimeOffset Created)
{
    public string DisplayName { get; set; } = EventName;

    public string Formula { get; init; } = "sum";

    public string CustomerKey { get; init; } = "stripe_customer_id";

    public string ValueKey { get; init; } = "value";

    /// <summary><c>hour</c> or <c>day</c>: only the last event of each counts. Null = all do.</summary>
    public string? EventTimeWindow { get; init; }

    public bool IsActive { get; set; } = true;

    public JsonObject ToJson() => new()
    {
        ["id"] = Id,
        ["object"] = "billing.meter",
        ["created"] = Created.ToUnixTimeSeconds(),
        ["customer_mapping"] = new JsonObject { ["event_payload_key"] = CustomerKey, ["type"] = "by_id" },
        ["default_aggregation"] = new JsonObject { ["formula"] = Formula },
        ["display_name"] = DisplayName,
        ["event_name"] = EventName,
        ["event_time_window"] = EventTimeWindow,
        ["livemode"] = false,
        ["status"] = IsActive ? "active" : "inactive",
        ["value_settings"] = new JsonObject { ["event_payload_key"] = ValueKey },
    };
}
