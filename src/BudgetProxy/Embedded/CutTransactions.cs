using BudgetProxy.Billing;

namespace BudgetProxy.Embedded;

/// <summary>
/// Writes cuts in transactions that are short, since while one is open no call can be reserved or settled; each is followed by a pause
/// as long. What is committed is in the write-ahead log, and on disk once that is flushed.
/// </summary>
internal sealed class CutTransactions
{
    /// <summary>After this long the transaction ends with the tenant that is written.</summary>
    private static readonly TimeSpan MostHeld = TimeSpan.FromMilliseconds(20);

    private readonly SqliteSession _session;
    private readonly BillingLease _lease;
    private readonly SqliteStatement _claim;
    private readonly CutWrites _writes;

    public CutTransactions(SqliteSession session, BillingLease lease)
    {
        (_session, _lease) = (session, lease);
        _claim = session.Prepare(
            """
            INSERT INTO billing_tenants (tenant, cuts, customer) VALUES (?1, ?2 + 1, ?3)
            ON CONFLICT (tenant) DO UPDATE SET cuts = excluded.cuts, customer = coalesce(excluded.customer, customer) WHERE cuts = ?2
            """);
        _writes = new CutWrites(session);
    }

    /// <returns>The tenants that were cut.</returns>
    /// <exception cref="LeaseLostException">Another proxy cuts now; what was committed before stays.</exception>
    public IReadOnlySet<string> Write(IReadOnlyList<TenantCut> cuts)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        var next = 0;
        while ((next = Write(cuts, next, done)) < cuts.Count)
        {
            // Also where nobody else has written: who waits for the lock asks for it now and then, and must find it free.
            Thread.Sleep(MostHeld);
        }

        return done;
    }

    /// <returns>The first that was not written.</returns>
    private int Write(IReadOnlyList<TenantCut> cuts, int first, HashSet<string> done)
    {
        var next = first;
        _session.Begin();
        try
        {
            var begun = TimeProvider.System.GetTimestamp();
            LeaseFence.Check(_session, _lease);
            for (; next < cuts.Count && (next == first || TimeProvider.System.GetElapsedTime(begun) < MostHeld); next++)
            {
                if (TryWrite(cuts[next]))
                    done.Add(cuts[next].Base.Tenant);
            }

            _session.Execute("COMMIT");
            return next;
        }
        catch
        {
            if (_session.InTransaction)
                _session.Execute("ROLLBACK");
            throw;
        }
    }

    private bool TryWrite(TenantCut cut)
    {
        _claim.Bind(cut.Base.Tenant).Bind(cut.Base.Cuts).Bind(cut.Customer).Run();
        // A tenant that was never cut must not be there; one that was must have been cut as often as the plan says.
        if (_session.Changes != 1)
            return false;
        _writes.Write(cut);
        return true;
    }
}
