namespace BudgetProxy.Stripe;

/// <summary>Asks Stripe whether it takes the key, and whether the meters are there: one call, which costs nothing.</summary>
public sealed class StripeCheck(StripeClient client, StripeOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    public async Task<StripeHealthDocument> RunAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Deadline);
        try
        {
            var (reply, meters) = await client.MetersAsync(limit.Token);
            return Of(reply, meters);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Say("unreachable", $"It did not answer within {Deadline.TotalSeconds:0} seconds.", null, []);
        }
    }

    private StripeHealthDocument Of(StripeReply reply, IReadOnlyList<StripeMeter>? meters)
    {
        // Seconds are cut, so the middle of that second is the best guess.
        var skew = reply.Date is { } date ? (long?)(date.AddMilliseconds(500) - clock.GetUtcNow()).TotalMilliseconds : null;
        if (meters is null)
        {
            return reply.Outcome == StripeOutcome.Unauthorised
                ? Say("refused", reply.Message!, skew, [])
                : Say(reply.Status == 0 ? "unreachable" : "unknown", reply.Message!, skew, []);
        }

        string[] names = options.SecondMeterEventName is { } second ? [options.MeterEventName, second] : [options.MeterEventName];
        return Say("ok", "It takes the key.", skew, [.. names.Select(name => StateOf(name, meters))]);
    }

    private static StripeMeterHealthDocument StateOf(string name, IReadOnlyList<StripeMeter> meters)
    {
        var named = meters.Where(meter => meter.EventName == name).ToList();
        if (named.Find(meter => meter.IsActive) is not { } active)
            return new StripeMeterHealthDocument(name, named.Count == 0 ? "missing" : "inactive", null);
        var differences = SetupCatalog.DifferencesOf(active);
        return new StripeMeterHealthDocument(name, differences.Count == 0 ? "active" : "differs", differences.Count == 0 ? null : string.Join("; ", differences));
    }

    private StripeHealthDocument Say(string credential, string detail, long? skew, IReadOnlyList<StripeMeterHealthDocument> meters) => new(
        options.IsLive ? "live" : options.IsTest ? "test" : "unknown", options.ApiKey.StartsWith("rk_", StringComparison.Ordinal), options.BaseUrl.AbsoluteUri.TrimEnd('/'), credential, detail,
        skew, meters);
}
