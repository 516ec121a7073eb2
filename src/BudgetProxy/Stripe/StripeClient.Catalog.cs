namespace BudgetProxy.Stripe;

/// <content>Meters, products, prices and customers, as the setup needs them.</content>
public sealed partial class StripeClient
{
    /// <summary>The key of a customer's metadata that names its tenant.</summary>
    public const string TenantKey = "tenant_id";

    /// <summary>Makes a meter that adds up <c>payload[value]</c> by <c>payload[stripe_customer_id]</c>. Its event name is unique among active meters.</summary>
    public ValueTask<StripeAnswer<StripeMeter>> CreateMeterAsync(string eventName, string displayName, string idempotencyKey, CancellationToken cancellationToken) =>
        PostAsync(
            "/v1/billing/meters",
            new StripeForm().Add("display_name", displayName).Add("event_name", eventName).Add("default_aggregation", "formula", "sum")
                .Add("customer_mapping", "type", "by_id").Add("customer_mapping", "event_payload_key", CustomerPayloadKey)
                .Add("value_settings", "event_payload_key", ValuePayloadKey),
            idempotencyKey, StripeObjects.Meter, cancellationToken);

    public ValueTask<StripeAnswer<StripeProduct>> ProductAsync(string id, CancellationToken cancellationToken) =>
        GetAsync($"/v1/products/{Uri.EscapeDataString(id)}", new StripeForm(), StripeObjects.Product, cancellationToken);

    /// <param name="id">Our own, unique in the account.</param>
    public ValueTask<StripeAnswer<StripeProduct>> CreateProductAsync(string id, string name, string idempotencyKey, CancellationToken cancellationToken) =>
        PostAsync("/v1/products", new StripeForm().Add("id", id).Add("name", name), idempotencyKey, StripeObjects.Product, cancellationToken);

    /// <summary>All of a lookup key; archived ones too.</summary>
    public ValueTask<StripeAnswer<IReadOnlyList<StripePrice>>> PricesAsync(string lookupKey, CancellationToken cancellationToken) =>
        ListAsync("/v1/prices", () => new StripeForm().Add("lookup_keys", [lookupKey]), StripeObjects.Price, cancellationToken);

    /// <summary>Makes a price in USD a month by a meter. Its lookup key is unique in the account.</summary>
    /// <param name="unitCents">US cents for one unit; at most 12 decimals.</param>
    public ValueTask<StripeAnswer<StripePrice>> CreatePriceAsync(
        string lookupKey, string product, string meter, decimal unitCents, string idempotencyKey, CancellationToken cancellationToken) =>
        PostAsync(
            "/v1/prices",
            new StripeForm().Add("currency", "usd").Add("product", product).Add("billing_scheme", "per_unit").Add("unit_amount_decimal", unitCents)
                .Add("recurring", "interval", "month").Add("recurring", "usage_type", "metered").Add("recurring", "meter", meter).Add("lookup_key", lookupKey),
            idempotencyKey, StripeObjects.Price, cancellationToken);

    /// <summary>All customers, a hundred a call. Listed and not searched for: Stripe's search lags behind.</summary>
    public ValueTask<StripeAnswer<IReadOnlyList<StripeCustomer>>> CustomersAsync(CancellationToken cancellationToken) =>
        ListAsync("/v1/customers", () => new StripeForm(), StripeObjects.Customer, cancellationToken);

    public ValueTask<StripeAnswer<StripeCustomer>> CustomerAsync(string id, CancellationToken cancellationToken) =>
        GetAsync($"/v1/customers/{Uri.EscapeDataString(id)}", new StripeForm(), StripeObjects.Customer, cancellationToken);

    public ValueTask<StripeAnswer<StripeCustomer>> CreateCustomerAsync(string tenant, string? name, string idempotencyKey, CancellationToken cancellationToken) =>
        PostAsync("/v1/customers", new StripeForm().Add("name", name).Add("metadata", TenantKey, tenant), idempotencyKey, StripeObjects.Customer, cancellationToken);
}
