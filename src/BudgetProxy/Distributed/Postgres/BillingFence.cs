using BudgetProxy.Billing;
using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>Holds the lease's row to the end of a transaction, so that nobody takes the lease between the look and the write.</summary>
internal static class BillingFence
{
    /// <exception cref="LeaseLostException">Another has it.</exception>
    public static async Task HoldAsync(NpgsqlConnection connection, BillingLease lease, CancellationToken cancellationToken)
    {
        var held = await connection.RowsAsync(
            "SELECT 1 FROM billing_lease WHERE owner = $1 AND token = $2 FOR SHARE", row => row.GetInt32(0), cancellationToken, lease.Owner, lease.Token);
        if (held.Count == 0)
            throw new LeaseLostException();
    }
}
