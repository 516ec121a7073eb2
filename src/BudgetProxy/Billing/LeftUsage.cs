using System.Globalization;
using System.Text.Json;
using BudgetProxy.Audit;
using BudgetProxy.Core.Money;
using BudgetProxy.Stripe;
using BudgetProxy.Tenants;

namespace BudgetProxy.Billing;

/// <summary>
/// Keeps what a deleted tenant used from being billed to another customer: while any of it waits, its id is only given to a tenant that is linked to the customer
/// that the deleted one was last linked to.
/// </summary>
public sealed class LeftUsage(IBillingStore store, BucketCutter cutter, AuditTrail audit, StripeOptions options, TimeProvider clock)
{
    /// <summary>Says of each that can't be made now why; those that can be made are not in the answer.</summary>
    /// <param name="wanted">Tenants that are not there now.</param>
    /// <exception cref="Reservations.StoreUnavailableException">The stores can't be read.</exception>
    public async Task<IReadOnlyDictionary<string, string>> WhyNotAsync(IReadOnlyCollection<Tenant> wanted, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        // What was booked and is not summed up yet is in no hour.
        await cutter.CatchUpAsync([.. wanted.Select(tenant => tenant.Id)], cancellationToken);
        var from = options.From ?? (await store.StateAsync(cancellationToken)).StartsAt ?? now;
        var left = await store.LeftAsync([.. wanted.Select(tenant => tenant.Id)], BillingTimes.HourOf(from), cancellationToken);
        var byId = wanted.ToDictionary(tenant => tenant.Id, StringComparer.Ordinal);
        var why = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var one in left)
        {
            var customers = await CustomersAsync(one, cancellationToken);
            if (byId[one.Tenant].StripeCustomerId is not { Length: > 0 } customer || !customers.Contains(customer))
                why[one.Tenant] = Text(one, customers);
        }

        return why;
    }

    /// <summary>Whom what is left would go to, by what the deleted tenant was linked to last; else by what was sent.</summary>
    private async Task<IReadOnlyList<string>> CustomersAsync(UsageLeft left, CancellationToken cancellationToken)
    {
        var deletions = await audit.ReadAsync(new AuditFilter(left.Tenant, AuditActions.DeleteTenant, null, null, null, null), 1, cancellationToken);
        List<string?> last = [left.Customer, deletions.Count == 0 ? null : CustomerIn(deletions[0].Before)];
        var known = last.OfType<string>().Where(customer => customer.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        return known.Count > 0 ? known : left.SentFor;
    }

    private static string? CustomerIn(string? definition)
    {
        if (definition is null)
            return null;
        using var json = JsonDocument.Parse(definition);
        return json.RootElement.TryGetProperty("stripeCustomerId", out var customer) && customer.ValueKind == JsonValueKind.String ? customer.GetString() : null;
    }

    private static string Text(UsageLeft left, IReadOnlyList<string> customers)
    {
        List<string> what = [];
        if (left.Hours > 0)
            what.Add($"{left.Hours} {(left.Hours == 1 ? "hour that is" : "hours that are")} not cut (${left.Charged.ToBalance()} charged in {(left.Hours == 1 ? "it" : "them")})");
        what.AddRange(left.Buckets.GroupBy(sum => sum.State).Select(state => string.Create(
            CultureInfo.InvariantCulture,
            $"{state.Sum(sum => sum.Buckets)} {BillingNames.Of(state.Key)} {(state.Sum(sum => sum.Buckets) == 1 ? "bucket" : "buckets")} (${NanoUsd.Sum(state.Select(sum => sum.Amount)).ToBalance()})")));
        var same = customers.Count == 0 ? "" : $" Or create it with the stripeCustomerId that the deleted one had ({string.Join(" or ", customers)}): then it goes there.";
        return $"Usage of a deleted tenant '{left.Tenant}' waits to be billed, and would go to this one's customer: {string.Join(", ", what)}. "
            + $"Run the export (POST /admin/v1/exports/stripe); what it can't send, mend or give up (POST /admin/v1/exports/stripe/tenants/{left.Tenant}/write-off); then create the tenant.{same} "
            + "A new customer is best given an id that was never used.";
    }
}
