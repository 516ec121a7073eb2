namespace BudgetProxy.Tests.Stripe.Simulated;

/// <summary>Something that goes wrong with one call.</summary>
/// <param name="Wait">Of the two delays.</param>
internal sealed record StripeFault(StripeFaultKind Kind, TimeSpan Wait = default)
{
    public static readonly StripeFault DropBefore = new(StripeFaultKind.DropBefore);
    public static readonly StripeFault DropReply = new(StripeFaultKind.DropReply);
    public static readonly StripeFault Conflict = new(StripeFaultKind.Conflict);
    public static readonly StripeFault RateLimited = new(StripeFaultKind.RateLimited);
    public static readonly StripeFault LockTimeout = new(StripeFaultKind.LockTimeout);
    public static readonly StripeFault ErrorBefore = new(StripeFaultKind.ErrorBefore);
    public static readonly StripeFault ErrorAfter = new(StripeFaultKind.ErrorAfter);
    public static readonly StripeFault Unavailable = new(StripeFaultKind.Unavailable);
    public static readonly StripeFault CutJson = new(StripeFaultKind.CutJson);
    public static readonly StripeFault RejectLater = new(StripeFaultKind.RejectLater);

    public static StripeFault SlowBefore(TimeSpan wait) => new(StripeFaultKind.SlowBefore, wait);

    public static StripeFault SlowReply(TimeSpan wait) => new(StripeFaultKind.SlowReply, wait);
}
