using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>YARP with nothing added: the yardstick.</summary>
internal static class BareYarp
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, arguments.Number("port", 0));
            kestrel.AddServerHeader = false;
        });
        builder.Services.AddHttpForwarder();
        await using var app = builder.Build();
        app.MapForwarder("/{**rest}", arguments.Text("upstream", ""));
        await app.RunAsync();
        return 0;
    }
}
