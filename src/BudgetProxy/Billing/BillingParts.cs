using BudgetProxy.Stripe;

namespace BudgetProxy.Billing;

/// <summary>Puts the parts of the export together; the stores are those of the mode.</summary>
internal static class BillingParts
{
    public static IServiceCollection AddBilling(this IServiceCollection services, StripeOptions options)
    {
        services.AddSingleton(BillingMeter.Of(options));
        services.AddSingleton<BillingMetrics>();
        services.AddSingleton<StripeLink>();
        services.AddSingleton<BucketCutter>();
        services.AddSingleton<BucketSender>();
        services.AddSingleton<BillingRuns>();
        services.AddSingleton<BillingLeases>();
        services.AddSingleton<BillingDesk>();
        services.AddSingleton<AlertParties>();
        services.AddSingleton<BillingWatch>();
        services.AddHostedService<BillingKeeper>();
        return services;
    }
}
