namespace BudgetProxy.Billing;

/// <summary>What both databases' statements on buckets have in common.</summary>
internal static class BucketSql
{
    /// <summary>In the order of <see cref="Bucket"/>'s rows.</summary>
    public const string Columns =
        "id, tenant, meter, hour, number, amount, value, cut_at, state, customer, stamp, attempts, generation, first_attempt_at, last_attempt_at, next_at, sent_at, error, cause, revision, missing_at";

    /// <summary>By which expression <see cref="BucketTime"/> goes.</summary>
    public static string Time(BucketTime by) => by == BucketTime.Hour ? "hour" : "coalesce(stamp, hour)";

    /// <summary>A condition on the state, written so that both databases find the index of the few that are not sent.</summary>
    public static string Where(BucketState state)
    {
        var condition = $"state = '{BillingNames.Of(state)}'";
        return state is BucketState.Pending or BucketState.Sent or BucketState.Verified ? condition : $"{condition} AND state NOT IN ('pending', 'sent', 'verified')";
    }

    /// <summary>How long an error may be.</summary>
    public const int MostErrorChars = 500;

    public static string? Short(string? error) => error is { Length: > MostErrorChars } ? error[..MostErrorChars] : error;
}
