using System.Text.Json.Nodes;

namespace BudgetProxy.Tests.Stripe.Simulated;

/// <summary>Customers.</summary>
internal sealed class SimulatedCatalog(SimulatedStripe stripe)
{
    private readonly Lock _gate = new();
    private readonly List<SimulatedCustomer> _customers = [];

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
}
