using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BudgetProxy.Tests.Stripe.Simulated;

/// <summary>Customers, products and prices.</summary>
internal sealed class SimulatedCatalog(SimulatedStripe stripe)
{
    private readonly Lock _gate = new();
    private readonly List<SimulatedCustomer> _customers = [];
    private readonly List<JsonObject> _products = [];
    private readonly List<JsonObject> _prices = [];

    public IReadOnlyList<SimulatedCustomer> Customers
    {
        get
        {
            lock (_gate)
                return [.. _customers];
        }
    }

    public bool HasCustomer(string id)
    {
        lock (_gate)
            return _customers.Exists(customer => customer.Id == id && !customer.IsDeleted);
    }

    public SimulatedCustomer AddCustomer(string? id, string? name = null, IReadOnlyDictionary<string, string>? metadata = null)
    {
        lock (_gate)
        {
            var customer = new SimulatedCustomer(id ?? $"cus_Sim{_customers.Count + 1:D6}", name, metadata ?? new Dictionary<string, string>(), stripe.Clock.GetUtcNow());
            _customers.Add(customer);
            return customer;
        }
    }

    public StripeResult AnswerCustomers(StripeCall call)
    {
        var id = call.Part(2);
        if (id.Length == 0 && !call.IsPost)
            return SimulatedLists.Page(call, ["email", "created[]"], Customers.Where(one => !one.IsDeleted).Reverse(), one => one.Id, one => one.ToJson());
        if (id.Length == 0)
        {
            return SimulatedLists.Unknown(call, ["name", "email", "description", "metadata[]", "test_clock"])
                ?? StripeResult.Ok(AddCustomer(null, call["name"], call.Map("metadata")).ToJson());
        }

        if (Customers.FirstOrDefault(one => one.Id == id) is not { } known)
            return StripeResult.Refused($"No such customer: '{id}'", "id", "resource_missing", 404);
        if (call.IsPost)
            return SimulatedLists.NoSuchRoute(call);
        return StripeResult.Ok(known.IsDeleted ? new JsonObject { ["id"] = id, ["object"] = "customer", ["deleted"] = true } : known.ToJson());
    }

    /// <summary>Changes a member of a product or price, as only its owner can.</summary>
    public void Change(string id, string member, JsonNode? value)
    {
        lock (_gate)
            _products.Concat(_prices).Single(one => one["id"]!.GetValue<string>() == id)[member] = value;
    }

    public StripeResult AnswerProducts(StripeCall call)
    {
        var id = call.Part(2);
        lock (_gate)
        {
            if (id.Length > 0)
            {
                return _products.FirstOrDefault(one => one["id"]!.GetValue<string>() == id) is { } known && !call.IsPost
                    ? StripeResult.Ok(known.DeepClone())
                    : StripeResult.Refused($"No such product: '{id}'", "id", "resource_missing", 404);
            }

            if (!call.IsPost)
                return SimulatedLists.Page(call, ["active"], Enumerable.Reverse(_products), one => one["id"]!.GetValue<string>(), one => (JsonObject)one.DeepClone());
            if (SimulatedLists.Unknown(call, ["id", "name", "description", "unit_label", "metadata[]"]) is { } wrong)
                return wrong;
            if (string.IsNullOrEmpty(call["name"]))
                return StripeResult.Invalid("Missing required param: name.", "name", "parameter_missing");
            var wanted = call["id"] ?? $"prod_sim{_products.Count + 1}";
            if (_products.Exists(one => one["id"]!.GetValue<string>() == wanted))
                return StripeResult.Refused($"Product already exists: {wanted}.", "id", "resource_already_exists");
            var made = new JsonObject { ["id"] = wanted, ["object"] = "product", ["active"] = true, ["livemode"] = false, ["name"] = call["name"] };
            _products.Add(made);
            return StripeResult.Ok(made.DeepClone());
        }
    }

    public StripeResult AnswerPrices(StripeCall call)
    {
        lock (_gate)
        {
            if (call.IsPost)
                return CreatePrice(call);
            var keys = call.Map("lookup_keys").Values;
            return SimulatedLists.Page(
                call, ["active", "product", "lookup_keys[]"], Enumerable.Reverse(_prices).Where(one => keys.Count == 0 || keys.Contains(one["lookup_key"]?.GetValue<string>() ?? "")),
                one => one["id"]!.GetValue<string>(), one => (JsonObject)one.DeepClone());
        }
    }

    private StripeResult CreatePrice(StripeCall call)
    {
        string[] known = ["currency", "product", "billing_scheme", "unit_amount", "unit_amount_decimal", "recurring[interval]", "recurring[interval_count]", "recurring[usage_type]", "recurring[meter]", "lookup_key", "nickname", "metadata[]"];
        if (SimulatedLists.Unknown(call, known) is { } wrong)
            return wrong;
        if (call["currency"] is null || call["product"] is null)
            return StripeResult.Invalid("Missing required param: currency or product.", code: "parameter_missing");
        if (!_products.Exists(one => one["id"]!.GetValue<string>() == call["product"]))
            return StripeResult.Refused($"No such product: '{call["product"]}'", "product", "resource_missing");
        if (call["unit_amount_decimal"] is not { } amount || !Regex.IsMatch(amount, @"^[0-9]+(\.[0-9]{1,12})?$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)))
            return StripeResult.Invalid("Invalid decimal: unit_amount_decimal has at most 12 decimals.", "unit_amount_decimal");
        if (call["recurring[usage_type]"] == "metered" && !stripe.Meters.All.Any(meter => meter.IsActive && meter.Id == call["recurring[meter]"]))
            return StripeResult.Refused("Metered prices must be backed by an active meter.", "recurring[meter]");
        if (call["lookup_key"] is { } key && _prices.Exists(one => one["lookup_key"]?.GetValue<string>() == key))
            return StripeResult.Refused("A price already uses that lookup key.", "lookup_key");
        var made = new JsonObject
        {
            ["id"] = $"price_sim{_prices.Count + 1}",
            ["object"] = "price",
            ["active"] = true,
            ["billing_scheme"] = call["billing_scheme"] ?? "per_unit",
            ["currency"] = call["currency"],
            ["livemode"] = false,
            ["lookup_key"] = call["lookup_key"],
            ["product"] = call["product"],
            ["recurring"] = new JsonObject
            {
                ["interval"] = call["recurring[interval]"],
                ["interval_count"] = 1,
                ["meter"] = call["recurring[meter]"],
                ["usage_type"] = call["recurring[usage_type]"] ?? "licensed",
            },
            ["unit_amount_decimal"] = amount,
        };
        _prices.Add(made);
        return StripeResult.Ok(made.DeepClone());
    }
}
