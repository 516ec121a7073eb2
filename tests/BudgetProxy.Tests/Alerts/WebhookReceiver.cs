using System.Collections.Concurrent;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BudgetProxy.Tests.Alerts;

/// <summary>Receives webhooks on a real socket, and answers as the test says.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebhookReceiver(WebApplication app) => _app = app;

    /// <summary>What came, in order.</summary>
    public ConcurrentQueue<ReceivedDelivery> Received { get; } = new();

    /// <summary>Says what is answered; by default 204.</summary>
    public Func<HttpContext, ReceivedDelivery, Task> Answer { get; set; } = (context, _) =>
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    };

    public string Url => _app.Urls.Single() + "/hook?of=test";

    public static async Task<WebhookReceiver> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        var receiver = new WebhookReceiver(app);
        app.MapFallback(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var delivery = new ReceivedDelivery(
                context.Request.Method, context.Request.Path + context.Request.QueryString,
                context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray());
            receiver.Received.Enqueue(delivery);
            await receiver.Answer(context, delivery);
        });
        await app.StartAsync();
        return receiver;
    }

    /// <summary>Returns once so many have come that fit.</summary>
    public async Task<List<ReceivedDelivery>> WaitAsync(int count, Func<ReceivedDelivery, bool>? which = null)
    {
        List<ReceivedDelivery> All() => [.. Received.Where(one => which?.Invoke(one) ?? true)];
        await Poll.UntilAsync(() => All().Count >= count, TimeSpan.FromSeconds(40), $"{count} deliveries came; there are {Received.Count}");
        return All();
    }

    public async ValueTask DisposeAsync()
    {
        using (var now = new CancellationTokenSource(TimeSpan.FromSeconds(1)))
            await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
