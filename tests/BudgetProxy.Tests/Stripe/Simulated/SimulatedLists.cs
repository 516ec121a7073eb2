using System.Globalization;
using System.Text.Json.Nodes;

namespace BudgetProxy.Tests.Stripe.Simulated;

/// <summary>What all of Stripe's lists and calls have in common.</summary>
internal static class SimulatedLists
{
    public static readonly string[] Paging = ["limit", "starting_after", "ending_before"];

    /// <param name="known">Exact names; one that ends in <c>[]</c> is a map or a list of any keys.</param>
    public static StripeResult? Unknown(StripeCall call, IReadOnlyCollection<string> known)
    {
        var unknown = call.Parameters.FirstOrDefault(one => !known.Contains(one.Key)
            && !known.Any(name => name.EndsWith("[]", StringComparison.Ordinal) && one.Key.StartsWith(name[..^1], StringComparison.Ordinal))).Key;
        return unknown is null ? null : StripeResult.Invalid($"Received unknown parameter: {unknown}", unknown, "parameter_unknown");
    }

    /// <summary>A page of items that are in the order of the list.</summary>
    /// <param name="filters">Parameters beside those of paging.</param>
    public static StripeResult Page<T>(StripeCall call, IReadOnlyCollection<string> filters, IEnumerable<T> ordered, Func<T, string> id, Func<T, JsonObject> json)
    {
        if (Unknown(call, [.. filters, .. Paging]) is { } wrong)
            return wrong;
        var limit = 10;
        if (call["limit"] is { } text && (!int.TryParse(text, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > 100))
            return StripeResult.Invalid("This value must be between 1 and 100.", "limit");
        var items = ordered.ToList();
        if (call["starting_after"] is { } after)
        {
            var at = items.FindIndex(item => id(item) == after);
            if (at < 0)
                return StripeResult.Invalid($"No such object: '{after}'", "starting_after", "resource_missing");
            items.RemoveRange(0, at + 1);
        }

        if (call["ending_before"] is { } before)
        {
            var at = items.FindIndex(item => id(item) == before);
            if (at < 0)
                return StripeResult.Invalid($"No such object: '{before}'", "ending_before", "resource_missing");
            items.RemoveRange(at, items.Count - at);
            items.RemoveRange(0, Math.Max(0, items.Count - limit));
        }

        return StripeResult.Ok(new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. items.Take(limit).Select(json)]),
            ["has_more"] = items.Count > limit,
            ["url"] = call.Path,
        });
    }

    public static StripeResult NoSuchRoute(StripeCall call) =>
        StripeResult.Of(404, "invalid_request_error", $"Unrecognized request URL ({call.Method}: {call.Path}).", "resource_missing");
}
