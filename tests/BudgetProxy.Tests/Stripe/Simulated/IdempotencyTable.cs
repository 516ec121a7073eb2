namespace BudgetProxy.Tests.Stripe.Simulated;

/// <summary>
/// Stripe's layer of idempotency keys: the first answer of a call that began is kept for 24 hours, a refusal or a 500 too, and replayed to the same call; another call of
/// the key is refused, and one that comes while the first runs is a conflict.
/// </summary>
internal sealed class IdempotencyTable(TimeProvider clock)
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Fingerprint, StripeResult? Result, DateTimeOffset At)> _keys = [];

    /// <returns>What to answer at once; null = it may begin.</returns>
    public StripeResult? Enter(StripeCall call)
    {
        if (!call.IsPost || call.IdempotencyKey is not { } key)
            return null;
        if (key.Length > 255)
            return StripeResult.Invalid("The idempotency key is longer than 255 characters.");
        lock (_gate)
        {
            if (!_keys.TryGetValue(key, out var known) || (known.Result is not null && clock.GetUtcNow() - known.At >= Life))
            {
                _keys[key] = (call.Fingerprint, null, clock.GetUtcNow());
                return null;
            }

            if (known.Fingerprint != call.Fingerprint)
                return StripeResult.Of(400, "idempotency_error", "Keys for idempotent requests can only be used with the same parameters they were first used with.");
            if (known.Result is null)
                return StripeResult.Of(409, "idempotency_error", "There is currently another in-progress request using this key.", "idempotency_key_in_use");
            var replay = known.Result with { };
            foreach (var (name, value) in known.Result.Headers)
                replay.With(name, value);
            return replay.With("Idempotent-Replayed", "true");
        }
    }

    public void Leave(StripeCall call, StripeResult result)
    {
        if (!call.IsPost || call.IdempotencyKey is not { } key)
            return;
        lock (_gate)
        {
            if (result.IsStored)
                _keys[key] = (call.Fingerprint, result, clock.GetUtcNow());
            else
                _keys.Remove(key);
        }
    }
}
