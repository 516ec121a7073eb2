using BudgetProxy.Billing;

namespace BudgetProxy.Embedded;

/// <summary>Writes how far buckets are: all of a step in one transaction, which is flushed once calls can go on.</summary>
internal static class BucketSaves
{
    /// <returns>Those whose revision was still as given, with their new ones. They are on disk.</returns>
    /// <exception cref="LeaseLostException">Another proxy sends now.</exception>
    public static IReadOnlyList<Bucket> Write(EmbeddedDatabase database, IReadOnlyList<Bucket> buckets, BillingLease lease)
    {
        using var session = database.OpenSession();
        var save = session.Prepare(
            """
            UPDATE billing_buckets SET state = ?, customer = ?, stamp = ?, attempts = ?, generation = ?, first_attempt_at = ?, last_attempt_at = ?, next_at = ?,
                sent_at = ?, error = ?, cause = ?, missing_at = ?, revision = revision + 1
            WHERE id = ? AND revision = ?
            """);
        var saved = new List<Bucket>(buckets.Count);
        session.Begin();
        LeaseFence.Check(session, lease);
        foreach (var bucket in buckets)
        {
            save.Bind(BillingNames.Of(bucket.State)).Bind(bucket.Customer).Bind(bucket.Stamp?.ToUnixTimeMilliseconds()).Bind(bucket.Attempts).Bind(bucket.Generation)
                .Bind(bucket.FirstAttemptAt?.ToUnixTimeMilliseconds()).Bind(bucket.LastAttemptAt?.ToUnixTimeMilliseconds()).Bind(bucket.NextAt?.ToUnixTimeMilliseconds())
                .Bind(bucket.SentAt?.ToUnixTimeMilliseconds()).Bind(BucketSql.Short(bucket.Error)).Bind(BillingNames.Of(bucket.Cause))
                .Bind(bucket.MissingAt?.ToUnixTimeMilliseconds()).Bind(bucket.Id.ToString()).Bind(bucket.Revision).Run();
            if (session.Changes == 1)
                saved.Add(bucket with { Revision = bucket.Revision + 1 });
        }

        session.Execute("COMMIT");
        database.FlushLog();
        return saved;
    }
}
