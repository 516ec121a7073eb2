using BudgetProxy.Cli.Output;

namespace BudgetProxy.Cli.Stripe;

/// <summary>How far a bucket can be, in the order in which people care.</summary>
internal static class BucketStates
{
    public static readonly string[] All = ["pending", "sending", "sent", "verified", "unknown", "parked", "dead", "written-off"];

    /// <summary>True: it goes no further without a person.</summary>
    public static bool NeedsSomebody(string? state) => state is "parked" or "dead";

    public static Tone ToneOf(string? state) => state switch
    {
        "sent" or "verified" => Tone.Good,
        "parked" or "dead" => Tone.Bad,
        "unknown" or "sending" => Tone.Warning,
        _ => Tone.Plain,
    };
}
