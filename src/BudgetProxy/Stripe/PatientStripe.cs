namespace BudgetProxy.Stripe;

/// <summary>
/// Asks for what is no meter event: not too fast, and again where Stripe was busy or gave no answer, which the same idempotency key makes harmless. One caller
/// at a time.
/// </summary>
internal sealed class PatientStripe(StripeOptions options, TimeProvider clock)
{
    private const int MostTries = 5;

    /// <summary>Stripe takes 25 a second of each kind of call.</summary>
    private const int MostPerSecond = 20;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);

    private readonly TimeSpan _between = TimeSpan.FromSeconds(1) / Math.Clamp(options.RequestsPerSecond, 1, MostPerSecond);
    private long _last;

    /// <summary>An idempotency key that was never used: for what has a name that is unique at Stripe, so that only the asking again of one request needs one.</summary>
    public string NewKey(string kind, string name) => $"bp1:setup:{kind}:{name}:{Guid.CreateVersion7(clock.GetUtcNow()):N}";

    public async Task<StripeAnswer<T>> AskAsync<T>(Func<ValueTask<StripeAnswer<T>>> ask, CancellationToken cancellationToken)
        where T : class
    {
        for (var tries = 1; ; tries++)
        {
            if (_last != 0 && _between - clock.GetElapsedTime(_last) is var rest && rest > TimeSpan.Zero)
                await Task.Delay(rest, cancellationToken);
            _last = clock.GetTimestamp();
            var answer = await ask();
            if (answer.Reply.Outcome is not (StripeOutcome.Busy or StripeOutcome.Unknown) || tries == MostTries || answer.Reply.ShouldRetry == false)
                return answer;
            var pause = FirstPause * (1 << (tries - 1));
            if (answer.Reply.RetryAfter is { } asked && asked > pause)
                pause = asked;
            await Task.Delay(pause < LongestPause ? pause : LongestPause, cancellationToken);
        }
    }
}
