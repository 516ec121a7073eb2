using System.Text.Json;
using BudgetProxy.Cli.Output;

namespace BudgetProxy.Cli.Doctor;

/// <summary>What a running proxy says of its way to Stripe.</summary>
internal static class StripeFindings
{
    /// <summary>Beyond this the proxy's setup refuses, and events are stamped into the wrong period.</summary>
    private const long MostSkewMs = 60_000;

    private const long SkewToSeeMs = 2_000;

    public static IEnumerable<Finding> Of(JsonElement stripe)
    {
        yield return Key(stripe);
        foreach (var meter in stripe.Items("meters"))
            yield return Meter(meter);
        if (stripe.Whole("clockSkewMs") is { } skew)
            yield return Clock(skew);
    }

    private static Finding Key(JsonElement stripe)
    {
        const string Check = "stripe key";
        var (mode, detail) = (stripe.Text("mode"), $"{stripe.Text("mode")} key, {stripe.Text("baseUrl")}: {stripe.Text("detail")}");
        return stripe.Text("credential") switch
        {
            "ok" when mode == "live" && !stripe.Is("restricted") => Finding.Warn(
                Check, detail, "It is a secret key, by which anything can be done: take a restricted one (rk_live_…) that may write meter events and read meters, customers and events."),
            "ok" => Finding.Ok(Check, detail),
            "refused" => Finding.Fail(Check, detail, "Usage waits, and none is lost: set another key in BudgetProxy__Stripe__ApiKey, with the permission that is named, and restart the proxy."),
            "unreachable" => Finding.Fail(Check, detail, "Usage waits, and none is lost: see network, DNS and firewall."),
            _ => Finding.Warn(Check, detail, "Whether it takes the key is not known: try again."),
        };
    }

    private static Finding Meter(JsonElement meter)
    {
        const string Check = "stripe meter";
        var name = meter.Text("eventName");
        return meter.Text("state") switch
        {
            "active" => Finding.Ok(Check, $"{name} is active"),
            "missing" => Finding.Fail(Check, $"there is no {name}", "Make it: budgetproxy stripe setup"),
            "inactive" => Finding.Fail(Check, $"{name} is deactivated", "Reactivate it at Stripe, or set another event name in the proxy's settings."),
            _ => Finding.Fail(Check, $"{name}: {meter.Text("detail")}", "Events would be counted wrong: set another event name, and make its meter with budgetproxy stripe setup."),
        };
    }

    private static Finding Clock(long skew)
    {
        const string Check = "clock of stripe";
        var off = Math.Abs(skew);
        var detail = off <= SkewToSeeMs ? $"within {SkewToSeeMs / 1000} s of the proxy's" : $"{off / 1000m:0.0} s {(skew > 0 ? "ahead of" : "behind")} the proxy's";
        return off <= SkewToSeeMs ? Finding.Ok(Check, detail)
            : off <= MostSkewMs ? Finding.Warn(Check, detail, "Keep the proxy's clock by NTP: events are stamped by it.")
            : Finding.Fail(Check, detail, "Keep the proxy's clock by NTP: Stripe takes no event that is minutes ahead, and one that is behind is billed in another period.");
    }
}
