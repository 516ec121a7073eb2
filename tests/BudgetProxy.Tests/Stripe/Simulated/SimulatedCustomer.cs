using System.Text.Json.Nodes;

namespace BudgetProxy.Tests.Stripe.Simulated;

internal sealed record SimulatedCustomer(string Id, string? Name, IReadOnlyDictionary<string, string> Metadata, DateTimeOffset Created)
{
    public bool IsDeleted { get; set; }

    public JsonObject ToJson() => new()
    {
        ["id"] = Id,
        ["object"] = "customer",
        ["created"] = Created.ToUnixTimeSeconds(),
        ["livemode"] = false,
        ["metadata"] = new JsonObject(Metadata.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value))),
        ["name"] = Name,
    };
}
