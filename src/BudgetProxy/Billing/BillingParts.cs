using BudgetProxy.Stripe;
using BudgetProxy.Tenants;

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
        services.AddSingleton<LeftUsage>();
        services.AddSingleton<BucketSender>();
        services.AddSingleton<BucketResend>();
        services.AddSingleton<BillingRuns>();
        services.AddSingleton<BillingLeases>();
        services.AddSingleton<BillingDesk>();
        services.AddSingleton<AlertParties>();
        services.AddSingleton<BillingWatch>();
        services.AddHostedService<BillingKeeper>();
        services.AddHostedService<AllowanceWatch>();
        services.AddSingleton<StripeSums>();
        services.AddSingleton<BillingDrift>();
        services.AddSingleton<Reconciler>();
        services.AddSingleton<ReconciliationBooks>();
        services.AddSingleton<Reconciliation>();
        services.AddSingleton<ReconciliationDuty>();
        services.AddHostedService(provider => provider.GetRequiredService<ReconciliationDuty>());
        return services;
    }

    /// <summary>Keeps ids of deleted tenants from other customers while usage under them waits; where the export is on.</summary>
    public static void GuardIds(IServiceProvider services)
    {
        if (services.GetService<LeftUsage>() is { } left)
            services.GetRequiredService<TenantDirectory>().WhyNot = left.WhyNotAsync;
    }
}
