using System.Net;
using BudgetProxy.Embedded;
using BudgetProxy.Hosting;
using BudgetProxy.Reservations;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Reservations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BudgetProxy.Tests.Hosting;

public sealed class HealthTests
{
    [Fact]
    public async Task A_proxy_whose_ledger_can_not_be_flushed_lives_but_is_not_ready()
    {
        var broken = false;
        using var folder = new TempFolder();
        using var database = new EmbeddedDatabase(folder.Path);
        using var store = new EmbeddedStore(database, TimeProvider.System, file =>
        {
            if (broken)
                throw new IOException("The disk is gone.");
            RandomAccess.FlushToDisk(file);
        });
        await using var app = Build(store);
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/readyz"));
        broken = true;
        await store.SeedAsync(StoreScenario.Money("b", 1), CancellationToken.None);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(client, "/readyz"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/healthz"));
    }

    [Fact]
    public async Task A_proxy_whose_database_another_program_has_locked_is_not_ready()
    {
        using var folder = new TempFolder();
        using var database = new EmbeddedDatabase(folder.Path);
        using var store = new EmbeddedStore(database, TimeProvider.System);
        await using var app = Build(store);
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using (var holder = database.OpenConnection())
        {
            using var taken = holder.BeginTransaction();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(client, "/readyz"));
        }
    }

    private static WebApplication Build(EmbeddedStore store)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IReservationStore>(_ => store);
        var app = builder.Build();
        app.MapHealth();
        return app;
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        return response.StatusCode;
    }
}
