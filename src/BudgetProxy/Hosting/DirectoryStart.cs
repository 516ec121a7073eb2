using BudgetProxy.Tenants;

namespace BudgetProxy.Hosting;

/// <summary>Reads the directory before the first call is served, and prints the admin key where one had to be made.</summary>
public sealed class DirectoryStart(TenantDirectory directory, ProxyOptions options) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await directory.StartAsync(options.AdminKey, cancellationToken) is { } made)
            Console.WriteLine($"Admin key, shown this once and stored only as a hash: {made.Text}");
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
