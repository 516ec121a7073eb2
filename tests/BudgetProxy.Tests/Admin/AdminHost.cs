using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using BudgetProxy.Admin;
using BudgetProxy.Audit;
using BudgetProxy.Billing;
using BudgetProxy.Embedded;
using BudgetProxy.Forwarding;
using BudgetProxy.Hosting;
using BudgetProxy.Insight;
using BudgetProxy.Invoices;
using BudgetProxy.Ledger;
using BudgetProxy.Rates;
using BudgetProxy.Reservations;
using BudgetProxy.Stripe;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BudgetProxy.Tests.Admin;

/// <summary>The admin API over a real socket and a real SQLite file, without the data plane.</summary>
internal sealed class AdminHost : IAsyncDisposable
{
    public const string AdminKey = "configured-admin-key-1";

    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private AdminHost(WebApplication app, string dataDirectory, KeySecret? firstKey)
    {
        _app = app;
        DataDirectory = dataDirectory;
        FirstKey = firstKey;
        _client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public string DataDirectory { get; }

    public KeySecret? FirstKey { get; }

    /// <summary>Null where a test starts the same directory again, and sees to it itself.</summary>
    private TempFolder? OwnFolder { get; init; }

    public Uri Address => _client.BaseAddress!;

    public TenantDirectory Directory => _app.Services.GetRequiredService<TenantDirectory>();

    public IReservationStore Reservations => _app.Services.GetRequiredService<IReservationStore>();

    public RateTable Rates => _app.Services.GetRequiredService<RateTable>();

    public ILedger Ledger => _app.Services.GetRequiredService<ILedger>();

    public static async Task<AdminHost> StartAsync(
        string? dataDirectory = null, string? configuredKey = AdminKey, Func<IDirectoryStore, IDirectoryStore>? faults = null)
    {
        var own = dataDirectory is null ? new TempFolder() : null;
        dataDirectory ??= own!.Path;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddAdmin()
            .AddSingleton(TimeProvider.System)
            .AddSingleton(_ => new EmbeddedDatabase(dataDirectory))
            .AddSingleton<EmbeddedStore>()
            .AddSingleton<IReservationStore>(services => services.GetRequiredService<EmbeddedStore>())
            .AddSingleton<ILedger>(services => services.GetRequiredService<EmbeddedStore>())
            .AddSingleton<IDirectoryStore>(services =>
            {
                var store = new SqliteDirectoryStore(services.GetRequiredService<EmbeddedDatabase>());
                return faults is null ? store : faults(store);
            })
            .AddSingleton<TenantDirectory>()
            .AddSingleton<IAuditStore, SqliteAuditStore>()
            .AddSingleton<AuditTrail>()
            .AddSingleton<IRateStore, SqliteRateStore>()
            .AddSingleton<RateTable>()
            .AddSingleton<Rerating>()
            .AddSingleton<IInsightStore, SqliteInsightStore>()
            .AddSingleton<RefusalTally>()
            .AddSingleton<IStripeEventStore, SqliteStripeEventStore>()
            .AddSingleton<IBillingStore, SqliteBillingStore>()
            .AddSingleton<IAccrualStore, SqliteAccrualStore>()
            .AddSingleton<ExportView>()
            .AddSingleton<ProxyMetrics>()
            .AddSingleton<RateAge>()
            .AddSingleton<CallsInFlight>()
            .AddSingleton(new ProxyOptions())
            .AddSingleton<ProviderTargets>()
            .AddSingleton<IInvoiceStore, SqliteInvoiceStore>()
            .AddInvoices()
            .AddInsight();
        var app = builder.Build();
        app.MapAdmin();
        try
        {
            var firstKey = await app.Services.GetRequiredService<TenantDirectory>().StartAsync(configuredKey, CancellationToken.None);
            await app.Services.GetRequiredService<RateTable>().RefreshAsync(CancellationToken.None);
            await app.StartAsync();
            return new AdminHost(app, dataDirectory, firstKey) { OwnFolder = own };
        }
        catch
        {
            await app.DisposeAsync();
            own?.Dispose();
            throw;
        }
    }

    public Task<Answer> GetAsync(string path, string? key = AdminKey) => SendAsync("GET", path, null, key);

    public Task<Answer> DeleteAsync(string path, string? key = AdminKey) => SendAsync("DELETE", path, null, key);

    public Task<Answer> PutAsync(string path, string json, string? key = AdminKey) => SendAsync("PUT", path, json, key);

    public Task<Answer> PostAsync(string path, string json, string? key = AdminKey) => SendAsync("POST", path, json, key);

    /// <param name="path">Below <c>/admin/v1</c>.</param>
    public async Task<Answer> SendAsync(
        string method, string path, string? body, string? key, string contentType = "application/json", (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Address.OriginalString + "/admin/v1" + path, new UriCreationOptions
        {
            DangerousDisablePathAndQueryCanonicalization = true,
        }));
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        if (header is var (name, value))
            request.Headers.TryAddWithoutValidation(name, value);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            if (contentType.Length > 0)
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        using var response = await _client.SendAsync(request);
        return new Answer(response.StatusCode, response.Content.Headers.ContentType?.ToString(), await response.Content.ReadAsStringAsync(), response.Headers.ETag?.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        OwnFolder?.Dispose();
    }

    internal sealed record Answer(HttpStatusCode Status, string? ContentType, string Body, string? ETag)
    {
        public JsonElement Json => JsonDocument.Parse(Body).RootElement;

        /// <summary>The messages under <c>errors</c> for a field of a 400.</summary>
        public string ErrorOf(string field)
        {
            Assert.Equal(HttpStatusCode.BadRequest, Status);
            Assert.Equal("application/problem+json", ContentType);
            return Json.GetProperty("errors").GetProperty(field)[0].GetString()!;
        }

        public Answer Is(HttpStatusCode status)
        {
            Assert.True(status == Status, $"{(int)Status}: {Body}");
            if ((int)status >= 400)
                Assert.Equal("application/problem+json", ContentType);
            return this;
        }
    }
}
