using BudgetProxy.Audit;
using BudgetProxy.Tenants;

namespace BudgetProxy.Stripe;

/// <summary>
/// Makes or checks what the export needs at Stripe, and links tenants to customers. A second run finds all of it and changes nothing. One at a time in a proxy; two
/// proxies at once can't make anything twice, since every name is unique at Stripe or the idempotency key is the tenant's.
/// </summary>
public sealed class StripeSetup(StripeClient client, StripeOptions options, TenantDirectory directory, TimeProvider clock) : IDisposable
{
    /// <summary>A micro-dollar in US cents.</summary>
    private const decimal MicroDollarCents = 0.0001m;

    private const int BasisPointsOfWhole = 10_000;

    /// <summary>Events are stamped by this machine's clock; Stripe takes none that is minutes ahead, and a period's end is missed by one that is behind.</summary>
    private static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _one = new(1);

    public MarkupPlace Markup => options.Markup;

    public bool HasSecondMeter => options.SecondMeterEventName is not null;

    public async Task<SetupReport> RunAsync(SetupWish wish, AuditActor by, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            return await RunOnceAsync(wish, by, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<SetupReport> RunOnceAsync(SetupWish wish, AuditActor by, CancellationToken cancellationToken)
    {
        var steps = new List<SetupStep>();
        var patient = new PatientStripe(options, clock);
        var (reply, meters) = await patient.AskAsync(() => client.MetersAsync(cancellationToken), cancellationToken);
        // Seconds are cut, so the middle of that second is the best guess.
        TimeSpan? skew = reply.Date is { } date ? date.AddMilliseconds(500) - clock.GetUtcNow() : null;
        if (ProblemOf(reply, meters, skew) is { } problem)
            return new SetupReport(wish.IsPlan, options.IsLive, skew, [new SetupStep("account", options.BaseUrl.Host, SetupOutcome.Failed, null, problem)], 0, 0, 0);

        var catalog = new SetupCatalog(client, patient, wish.IsPlan, steps);
        var unitCents = MicroDollarCents * (BasisPointsOfWhole + wish.MarkupBasisPoints) / BasisPointsOfWhole;
        await catalog.RunAsync(new MeterPlan(options.MeterEventName, "micro-USD", unitCents), meters!, cancellationToken);
        if (options.SecondMeterEventName is { } second)
            await catalog.RunAsync(new MeterPlan(second, options.SecondMeterUnit == MeterUnit.Tokens ? "tokens" : "requests", wish.SecondUnitCents), meters!, cancellationToken);
        var tenants = new SetupTenants(client, patient, directory, wish, steps);
        await tenants.RunAsync(by, cancellationToken);
        return new SetupReport(wish.IsPlan, options.IsLive, skew, steps, tenants.LinkedBefore, tenants.Unlinked, tenants.Remaining);
    }

    /// <summary>Why nothing can be done at all; null = it can.</summary>
    private string? ProblemOf(StripeReply reply, IReadOnlyList<StripeMeter>? meters, TimeSpan? skew)
    {
        if (meters is null)
            return reply.Outcome == StripeOutcome.Unauthorised ? $"Stripe refuses the key: {reply.Message}" : $"Stripe can't be asked: {reply.Message}";
        if (skew is { } off && off.Duration() > MostSkew)
            return $"This machine's clock is {off.Duration().TotalSeconds:0} s {(off > TimeSpan.Zero ? "behind" : "ahead of")} Stripe's: keep it by NTP. Nothing was done.";
        // A key of neither form says nothing of its mode.
        return (options.IsLive || options.IsTest) && meters.Any(meter => meter.IsLive != options.IsLive)
            ? "What Stripe answers with is of the other mode than the key's: live against test. Nothing was done."
            : null;
    }
}
