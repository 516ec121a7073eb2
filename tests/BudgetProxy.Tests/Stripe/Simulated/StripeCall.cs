using Microsoft.AspNetCore.Http;

namespace BudgetProxy.Tests.Stripe.Simulated;

/// <summary>A request that arrived.</summary>
/// <param name="Number">From 1, over all.</param>
/// <param name="EventNumber">From 1, over meter events; 0 for others.</param>
/// <param name="Parameters">Of the form, or of the query, in their order.</param>
internal sealed record StripeCall(int Number, int EventNumber, string Method, string Path, IReadOnlyList<KeyValuePair<string, string>> Parameters, string? IdempotencyKey)
{
    public const string MeterEvents = "/v1/billing/meter_events";

    public bool IsMeterEvent => EventNumber > 0;

    public string? this[string name] => Parameters.FirstOrDefault(one => one.Key == name).Value;

    /// <summary>The part of the path at this place, from 0.</summary>
    public string Part(int index) => Path.Split('/', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(index) ?? "";

    public bool IsPost => HttpMethods.IsPost(Method);

    /// <summary>Two calls of one idempotency key must have the same.</summary>
    public string Fingerprint => $"{Method} {Path}\n{string.Join('\n', Parameters.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key}={one.Value}"))}";

    /// <summary>Parameters of a map, by the keys in their brackets.</summary>
    public Dictionary<string, string> Map(string name) => Parameters
        .Where(one => one.Key.StartsWith(name + "[", StringComparison.Ordinal) && one.Key.EndsWith(']'))
        .ToDictionary(one => one.Key[(name.Length + 1)..^1], one => one.Value, StringComparer.Ordinal);
}
