using System.Collections.Concurrent;
using BudgetProxy.Tenants;

namespace BudgetProxy.Billing;

/// <summary>
/// Sends what is next of each tenant and meter: many customers at once, one request at a time of each. What is about to be sent is written down before the first
/// byte, with the customer, the stamp and the key, so that whoever finds it after a crash sends the same again.
/// </summary>
public sealed class BucketSender
{
    private const int PageSize = 512;

    /// <summary>Requests under way at once.</summary>
    private const int MostAtOnce = 64;

    private readonly IBillingStore _store;
    private readonly TenantDirectory _directory;
    private readonly StripeLink _link;
    private readonly BillingMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly BucketComparison _comparison;

    public BucketSender(IBillingStore store, TenantDirectory directory, StripeLink link, BillingMetrics metrics, TimeProvider clock)
    {
        (_store, _directory, _link, _metrics, _clock) = (store, directory, link, metrics, clock);
        _comparison = new BucketComparison(store, link, clock);
    }

    /// <summary>One look at all tenants and meters: each that has something due has one bucket tried.</summary>
    /// <exception cref="LeaseLostException">Another proxy sends now.</exception>
    internal async Task<SendPass> PassAsync(BillingLease lease, bool retryParked, CancellationToken cancellationToken)
    {
        var choice = new BucketChoice(_store, _directory.Current, _clock.GetUtcNow(), retryParked);
        var (tried, ended) = (0, 0);
        (string Tenant, string Meter)? after = null;
        while (_link.MaySend(_clock.GetUtcNow()))
        {
            var heads = await _store.HeadsAsync(after, PageSize, cancellationToken);
            var chosen = await ChooseAsync(choice, heads, cancellationToken);
            var results = await TryAsync(chosen, choice, lease, cancellationToken);
            tried += results.Count;
            ended += results.Count(bucket => bucket.State is BucketState.Sent or BucketState.Dead);
            if (heads.Count < PageSize)
                break;
            after = (heads[^1].Tenant, heads[^1].Meter);
        }

        // While Stripe is not to be asked nothing is due earlier.
        return new SendPass(tried, ended, _link.MaySend(_clock.GetUtcNow()) ? choice.NextAt : _link.NextAt);
    }

    private static async Task<List<(Bucket Bucket, string Customer)>> ChooseAsync(BucketChoice choice, IReadOnlyList<Bucket> heads, CancellationToken cancellationToken)
    {
        var chosen = new List<(Bucket, string)>(heads.Count);
        // Those that may have arrived first: while one at a time is tried, it is one of which that is so anyway.
        foreach (var bucket in heads.OrderBy(bucket => bucket.FirstAttemptAt is null))
        {
            if (await choice.CustomerOfAsync(bucket, cancellationToken) is { } customer)
                chosen.Add((bucket, customer));
        }

        return chosen;
    }

    private async Task<IReadOnlyList<Bucket>> TryAsync(
        List<(Bucket Bucket, string Customer)> chosen, BucketChoice choice, BillingLease lease, CancellationToken cancellationToken)
    {
        var results = new List<Bucket>();
        foreach (var (bucket, _) in chosen.Where(one => choice.MustCompare(one.Bucket)))
        {
            if (_link.MaySend(_clock.GetUtcNow()))
                results.AddRange(await _store.SaveAsync([await _comparison.CompareAsync(bucket, cancellationToken)], lease, cancellationToken));
        }

        var sendable = chosen.Where(one => !choice.MustCompare(one.Bucket)).ToList();
        while (sendable.Count > 0 && _link.MaySend(_clock.GetUtcNow()))
        {
            var now = sendable.Take(_link.Works ? sendable.Count : 1).ToList();
            sendable.RemoveRange(0, now.Count);
            results.AddRange(await SendAsync(now, lease, cancellationToken));
        }

        return results;
    }

    private async Task<IReadOnlyList<Bucket>> SendAsync(List<(Bucket Bucket, string Customer)> chosen, BillingLease lease, CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(_clock.GetUtcNow().ToUnixTimeMilliseconds());
        var before = chosen.ToDictionary(one => one.Bucket.Id, one => one.Bucket);
        var begun = await _store.SaveAsync([.. chosen.Select(one => Begin(one.Bucket, one.Customer, now))], lease, cancellationToken);
        var after = new ConcurrentBag<Bucket>();
        await Parallel.ForEachAsync(
            begun,
            new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = CancellationToken.None },
            async (bucket, _) => after.Add(await SendAsync(before[bucket.Id], bucket, begun.Count == 1, cancellationToken)));
        // What came of it is written also while the proxy stops: else all of it would have to be sent again.
        return await _store.SaveAsync([.. after], lease, CancellationToken.None);
    }

    private Bucket Begin(Bucket bucket, string customer, DateTimeOffset now)
    {
        var stamp = BucketStamps.Of(bucket, now, _link.Grace);
        // A key stands for one set of parameters.
        var isOther = bucket.Attempts > 0 && (stamp != bucket.Stamp || customer != bucket.Customer);
        return bucket with
        {
            State = BucketState.Sending,
            Customer = customer,
            Stamp = stamp,
            Generation = isOther ? bucket.Generation + 1 : bucket.Generation,
            FirstAttemptAt = bucket.FirstAttemptAt ?? now,
            LastAttemptAt = now,
            Attempts = bucket.Attempts + 1,
            Cause = null,
        };
    }

    private async Task<Bucket> SendAsync(Bucket before, Bucket sending, bool isProbe, CancellationToken cancellationToken)
    {
        // Since it was written down, Stripe may have gone, or asked for a pause: then it was not sent.
        if (cancellationToken.IsCancellationRequested || (!isProbe && (!_link.Works || !_link.MaySend(_clock.GetUtcNow()))))
            return BucketOutcomes.Untried(before, sending);
        var reply = await _link.SendAsync(sending, cancellationToken);
        if (reply is null)
            return BucketOutcomes.Untried(before, sending);
        _metrics.Sent(reply.Outcome, sending.Meter);
        return BucketOutcomes.Of(before, sending, reply, _clock.GetUtcNow());
    }
}
