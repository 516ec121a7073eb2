namespace BudgetProxy.Stripe;

/// <summary>Puts the parts that speak to Stripe together; where there is no key there are none.</summary>
internal static class StripeParts
{
    public static IServiceCollection AddStripe(this IServiceCollection services, StripeOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<StripeClient>();
        return services;
    }
}
