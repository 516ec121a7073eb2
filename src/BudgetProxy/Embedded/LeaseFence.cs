using BudgetProxy.Billing;

namespace BudgetProxy.Embedded;

/// <summary>Looks whether the lease is still held, in the transaction that writes under it.</summary>
internal static class LeaseFence
{
    /// <exception cref="LeaseLostException">Another has it.</exception>
    public static void Check(SqliteSession session, BillingLease lease)
    {
        using var held = session.Prepare("SELECT 1 FROM billing_lease WHERE owner = ? AND token = ?");
        if (!held.Bind(lease.Owner.ToString()).Bind(lease.Token).Read())
            throw new LeaseLostException();
    }
}
