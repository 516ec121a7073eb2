using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace BudgetProxy.Benchmarks.Billing;

/// <summary>Takes every meter event at once, and adds up what they carry: as fast as a Stripe can be, so that what is measured is the exporter.</summary>
internal sealed class FastStripe : IAsyncDisposable
{
    private readonly WebApplication _app;
    private long _events;
    private long _value;

    private FastStripe(WebApplication app)
    {
        _app = app;
        app.Run(TakeAsync);
    }

    public Uri Address => new(_app.Urls.First());

    public long Events => Interlocked.Read(ref _events);

    /// <summary>Σ of the values.</summary>
    public long Value => Interlocked.Read(ref _value);

    public static async Task<FastStripe> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var stripe = new FastStripe(builder.Build());
        await stripe._app.StartAsync();
        return stripe;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        var read = await context.Request.BodyReader.ReadAtLeastAsync((int)(context.Request.ContentLength ?? 0));
        var form = Encoding.ASCII.GetString(read.Buffer.ToArray());
        context.Request.BodyReader.AdvanceTo(read.Buffer.End);
        Interlocked.Increment(ref _events);
        Interlocked.Add(ref _value, long.Parse(Field(form, "payload%5Bvalue%5D=", "payload[value]="), CultureInfo.InvariantCulture));
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$"""{"object":"billing.meter_event","identifier":"{{Uri.UnescapeDataString(Field(form, "identifier="))}}"}""");
    }

    private static string Field(string form, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (form.IndexOf(name, StringComparison.Ordinal) is var at and >= 0)
                return form[(at + name.Length)..].Split('&')[0];
        }

        throw new InvalidOperationException($"The event has no {names[0]}");
    }
}
