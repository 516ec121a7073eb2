using BudgetProxy.Stripe;

namespace BudgetProxy.Billing;

/// <summary>One look at what Stripe has of a bucket's customer, meter and minute.</summary>
/// <param name="Text">Both sides in figures, in a sentence.</param>
/// <param name="Reply">Stripe's answer; of what it does not tell, why.</param>
internal sealed record MinuteLook(Presence Presence, string Text, StripeReply Reply);
