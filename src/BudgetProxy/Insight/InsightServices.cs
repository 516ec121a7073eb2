namespace BudgetProxy.Insight;

/// <summary>Puts the folder's parts together. It takes <see cref="IInsightStore"/> from the services.</summary>
internal static class InsightServices
{
    public static IServiceCollection AddInsight(this IServiceCollection services)
    {
        services.AddSingleton<CounterViews>();
        services.AddSingleton<NearestBudgets>();
        services.AddHostedService(provider => provider.GetRequiredService<NearestBudgets>());
        services.AddHostedService<RefusalKeeper>();
        services.AddHostedService<UsageRollUp>();
        services.AddHostedService<UsageDriftWatch>();
        services.AddSingleton<MonthSpend>();
        services.AddSingleton<Overviews>();
        services.AddSingleton<LiveView>();
        services.AddSingleton<ProviderChecks>();
        services.AddSingleton<HealthView>();
        return services.AddSingleton<TenantList>();
    }
}
