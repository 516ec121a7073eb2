namespace BudgetProxy.Stripe;

/// <summary>Puts the parts that speak to Stripe together; where there is no key there are none.</summary>
internal static class StripeParts
{
    public static IServiceCollection AddStripe(this IServiceCollection services, StripeOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<StripeClient>();
        services.AddSingleton<StripeSetup>();
        services.AddSingleton<StripeCheck>();
        services.AddSingleton<StripeMetrics>();
        services.AddSingleton<StripeEventKeeper>();
        services.AddHostedService(provider => provider.GetRequiredService<StripeEventKeeper>());
        services.AddSingleton<StripeWebhookEndpoint>();
        return services;
    }

    /// <summary>Stripe's webhooks are taken where there is a secret to check them by.</summary>
    public static IEndpointRouteBuilder MapStripe(this IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetService<StripeOptions>() is { WebhookSecrets.Count: > 0 })
            routes.MapPost(StripeWebhookEndpoint.Path, routes.ServiceProvider.GetRequiredService<StripeWebhookEndpoint>().ServeAsync);
        return routes;
    }
}
