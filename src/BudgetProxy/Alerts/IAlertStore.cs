using BudgetProxy.Reservations;

namespace BudgetProxy.Alerts;

/// <summary>
/// Where alerts, webhooks and deliveries are kept, by all proxies together. What is written is durable when a method returns. Every method may throw
/// <see cref="StoreUnavailableException"/> and nothing else but cancellation; a repeat is harmless.
/// </summary>
public interface IAlertStore
{
    /// <summary>Webhooks in the order of their names.</summary>
    ValueTask<IReadOnlyList<Webhook>> WebhooksAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Makes a webhook, or replaces what an admin defines of one that is there: its secrets and when it was made stay, so that of two that make it at once
    /// only one's secret is in force. False = there are <see cref="Webhook.Most"/> others.
    /// </summary>
    ValueTask<bool> SaveAsync(Webhook webhook, CancellationToken cancellationToken);

    /// <summary>Gives a webhook another secret; the one before signs too until then. False = there is none.</summary>
    ValueTask<bool> RenewAsync(string name, string secret, DateTimeOffset oldUntil, CancellationToken cancellationToken);

    /// <summary>Deletes a webhook and drops what waits for it; false = there is none.</summary>
    ValueTask<bool> RemoveAsync(string name, CancellationToken cancellationToken);

    /// <summary>Turns a webhook off because its receiver wants no more; only where it still has this URL.</summary>
    ValueTask DisableAsync(string name, string url, string because, CancellationToken cancellationToken);

    /// <summary>
    /// Raises those whose mark has not rung or may ring again, with a delivery for each webhook that wants them: all in one step, and each by one of any
    /// number of proxies.
    /// </summary>
    /// <param name="mailToo">True = one for the mailbox too.</param>
    /// <returns>The ids of those that were raised.</returns>
    ValueTask<IReadOnlyList<Guid>> RaiseAsync(IReadOnlyList<AlertCandidate> candidates, bool mailToo, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Receivers that something is due for: enabled webhooks and the mailbox.</summary>
    ValueTask<IReadOnlyList<string>> DueAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Takes what is due for a receiver, longest due first: nobody else is at it until then, or until it is ended.</summary>
    ValueTask<IReadOnlyList<Delivery>> ClaimAsync(
        string target, int most, Guid owner, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Writes down how an attempt ended; nothing changes where another owner has taken it over.</summary>
    /// <param name="delivery">As it now stands.</param>
    ValueTask EndAttemptAsync(Delivery delivery, Guid owner, CancellationToken cancellationToken);

    /// <summary>Has a delivery that failed, or waits, tried at once, with all attempts again; false = there is none, or it was delivered or dropped.</summary>
    ValueTask<bool> RetryAsync(Guid delivery, DateTimeOffset now, CancellationToken cancellationToken);

    ValueTask<IReadOnlyList<Alert>> AlertsAsync(AlertQuery query, CancellationToken cancellationToken);

    ValueTask<IReadOnlyList<Delivery>> DeliveriesAsync(DeliveryQuery query, CancellationToken cancellationToken);

    /// <summary>Deliveries that are pending.</summary>
    ValueTask<long> BacklogAsync(CancellationToken cancellationToken);

    /// <summary>Takes or renews what only one proxy does at a time; false = another has it.</summary>
    ValueTask<bool> TakeLeaseAsync(string name, Guid owner, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>All peaks of this day and later.</summary>
    ValueTask<IReadOnlyList<TenantPeak>> PeaksAsync(int fromDay, CancellationToken cancellationToken);

    /// <summary>Writes peaks down; the higher one stays.</summary>
    ValueTask SavePeaksAsync(IReadOnlyList<TenantPeak> peaks, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes alerts from before an instant with their deliveries, marks that may ring again long since, and peaks from before its day: some hundreds at a
    /// time.
    /// </summary>
    /// <returns>True = there may be more.</returns>
    ValueTask<bool> ForgetAsync(DateTimeOffset alertsBefore, DateTimeOffset marksBefore, int peaksBeforeDay, CancellationToken cancellationToken);
}
