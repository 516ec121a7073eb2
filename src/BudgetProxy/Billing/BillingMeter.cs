using BudgetProxy.Stripe;

namespace BudgetProxy.Billing;

/// <summary>A meter that usage is sent to.</summary>
/// <param name="Name">Its event name.</param>
public sealed record BillingMeter(string Name, BilledUnit Unit)
{
    public bool IsMoney => Unit is BilledUnit.Charged or BilledUnit.Cost;

    /// <summary>The meter of money, and that of units where there is one.</summary>
    public static IReadOnlyList<BillingMeter> Of(StripeOptions options)
    {
        var money = new BillingMeter(options.MeterEventName, options.Markup == MarkupPlace.Price ? BilledUnit.Cost : BilledUnit.Charged);
        return options.SecondMeterEventName is { } second
            ? [money, new BillingMeter(second, options.SecondMeterUnit == MeterUnit.Requests ? BilledUnit.Requests : BilledUnit.Tokens)]
            : [money];
    }
}
