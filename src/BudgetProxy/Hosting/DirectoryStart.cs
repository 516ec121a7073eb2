using BudgetProxy.Rates;
using BudgetProxy.Tenants;

namespace BudgetProxy.Hosting;

/// <summary>Reads the directory and the rate table before the first call is served, and prints the admin key where one had to be made.</summary>
public sealed class DirectoryStart(TenantDirectory directory, RateTable rates, ProxyOptions options) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await rates.RefreshAsync(cancellationToken);
        if (await directory.StartAsync(options.AdminKey, cancellationToken) is { } made)
            Console.WriteLine($"Admin key, shown this once and stored only as a hash: {made.Text}");
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
