using BudgetProxy.Embedded;
using BudgetProxy.Storage;

namespace BudgetProxy.Tests.Stripe;

/// <summary>Buckets that are there, as if they had been cut and sent.</summary>
internal static class SomeBuckets
{
    public static void Add(EmbeddedDatabase database, Guid id, string tenant)
    {
        using var connection = database.OpenConnection();
        connection.Run(
            "INSERT INTO billing_buckets (id, tenant, meter, hour, number, amount, value, cut_at, state, first_attempt_at, sent_at) VALUES ($id, $tenant, 'usage', $hour, 0, 1000, 1, 0, 'sent', 5, 6)",
            ("$id", id.ToString()), ("$tenant", tenant), ("$hour", id.GetHashCode()));
    }
}
