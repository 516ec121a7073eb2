
namespace BudgetProxy.Alerts;

/// <summary>Puts the parts of alerts together; the stores are those of the mode.</summary>
public static class AlertParts
{
    public static IServiceCollection AddAlerts(this IServiceCollection services)
    {
        services.AddSingleton<CallSignals>();
        services.AddSingleton<AlertBodies>();
        services.AddSingleton<AlertMetrics>();
        services.AddSingleton<AlertRaiser>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<MailSender>();
        services.AddSingleton<AlertSenders>();
        services.AddSingleton<ThresholdCheck>();
        services.AddSingleton<SpendVelocity>();
        services.AddSingleton<DutyStores>();
        services.AddSingleton<DutyFinders>();
        services.AddSingleton<AlertDuties>();
        services.AddSingleton<AlertFinders>();
        services.AddSingleton<OutageTexts>();
        services.AddHostedService<AlertKeeper>();
        services.AddHostedService<AlertDispatcher>();
        services.AddHostedService<OutageWatch>();
        return services;
    }
}
