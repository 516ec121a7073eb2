namespace BudgetProxy.Alerts;

/// <summary>The names of what can ring, as payloads, webhooks and the history spell them.</summary>
public static class AlertKinds
{
    /// <summary>A budget's counter came to one of its <c>alertAt</c> shares.</summary>
    public const string BudgetThreshold = "budget.threshold";

    /// <summary>Refusals of one tenant and code out of the ordinary.</summary>
    public const string RefusalBurst = "refusals.burst";

    /// <summary>A tenant spends out of the ordinary.</summary>
    public const string SpendVelocity = "spend.velocity";

    /// <summary>A call named a model that has no rate.</summary>
    public const string ModelUnpriced = "model.unpriced";

    /// <summary>A proxy can't use its store.</summary>
    public const string StoreOutage = "store.outage";

    /// <summary>It can again.</summary>
    public const string StoreRecovered = "store.recovered";

    /// <summary>The prices are old.</summary>
    public const string RatesStale = "rates.stale";

    /// <summary>Usage is not billed until somebody does something.</summary>
    public const string BillingBlocked = "billing.blocked";

    /// <summary>Usage waits to be billed for too long.</summary>
    public const string BillingBehind = "billing.behind";

    /// <summary>Stripe has something else than was sent.</summary>
    public const string BillingDrift = "billing.drift";

    /// <summary>Somebody pressed the test button.</summary>
    public const string WebhookTest = "webhook.test";

    /// <summary>All that a webhook can be narrowed to.</summary>
    public static readonly IReadOnlyList<string> All =
        [BudgetThreshold, RefusalBurst, SpendVelocity, ModelUnpriced, StoreOutage, StoreRecovered, RatesStale, BillingBlocked, BillingBehind, BillingDrift];
}
