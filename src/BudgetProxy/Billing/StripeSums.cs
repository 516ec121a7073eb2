using System.Collections.Concurrent;
using BudgetProxy.Stripe;

namespace BudgetProxy.Billing;

/// <summary>
/// What Stripe has added up, kept for some minutes: Stripe allows a number of reads a month, and who loads a page again has none of them to spend. Safe for
/// concurrent use.
/// </summary>
public sealed class StripeSums(StripeLink link, TimeProvider clock)
{
    /// <summary>Answers kept at most; beyond that the old ones are let go.</summary>
    private const int MostKept = 10_000;

    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<(string Meter, string Customer, ReconciliationSpan Span, SummaryWindow Window), Kept> _kept = new();

    /// <summary>Sums of a customer by day or hour.</summary>
    /// <param name="of">The meter's event name, and the customer.</param>
    /// <param name="span">Aligned as <paramref name="window"/> says.</param>
    /// <param name="sent">What we have sent of it by now. An answer of before more was sent would show that as a difference, so it is read anew.</param>
    /// <returns>By the first instant of the day or hour, what is 0 left out; null = there are none, and the reply says why. Whether Stripe was asked for them now.</returns>
    public async Task<(IReadOnlyDictionary<DateTimeOffset, decimal>? Sums, StripeReply Reply, bool IsAsked)> ReadAsync(
        (string Meter, string Customer) of, ReconciliationSpan span, SummaryWindow window, long sent, CancellationToken cancellationToken)
    {
        var key = (of.Meter, of.Customer, span, window);
        if (_kept.TryGetValue(key, out var kept) && kept.Sent == sent && clock.GetUtcNow() < kept.Until)
            return (kept.Sums, kept.Reply, false);
        var answer = await link.SummariesAsync(of.Meter, of.Customer, span, window, cancellationToken);
        if (answer.Value is null)
            return (null, answer.Reply, true);
        if (_kept.Count >= MostKept)
            Forget();
        var sums = answer.Value.GroupBy(summary => summary.From).ToDictionary(group => group.Key, group => group.Sum(summary => summary.Value));
        _kept[key] = new Kept(sums, answer.Reply, sent, clock.GetUtcNow() + Life);
        return (sums, answer.Reply, true);
    }

    private void Forget()
    {
        var now = clock.GetUtcNow();
        foreach (var (key, kept) in _kept)
        {
            if (now >= kept.Until)
                _kept.TryRemove(key, out _);
        }

        if (_kept.Count >= MostKept)
            _kept.Clear();
    }

    private sealed record Kept(IReadOnlyDictionary<DateTimeOffset, decimal> Sums, StripeReply Reply, long Sent, DateTimeOffset Until);
}
