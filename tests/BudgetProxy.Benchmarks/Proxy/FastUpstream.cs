using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>A provider that does as little as one can: it reads the body and answers at once with bytes made beforehand.</summary>
internal static class FastUpstream
{
    private const int Beginning = 256;

    /// <param name="delay">Thinking time before each answer, as a real provider takes hundreds of milliseconds.</param>
    public static async Task<int> RunAsync(int port, TimeSpan delay)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
        });
        await using var app = builder.Build();
        app.Run(context => AnswerAsync(context, delay));
        await app.RunAsync();
        return 0;
    }

    private static async Task AnswerAsync(HttpContext context, TimeSpan delay)
    {
        var streamed = await ReadAsync(context);
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay);
        var headers = context.Response.Headers;
        headers["x-request-id"] = "req_benchmark0001";
        headers["openai-organization"] = "org-operator-account";
        headers["openai-processing-ms"] = "1";
        headers["x-ratelimit-remaining-tokens"] = "1999912";
        if (streamed)
        {
            headers.ContentType = "text/event-stream; charset=utf-8";
            foreach (var part in FastAnswers.Stream)
                await context.Response.BodyWriter.WriteAsync(part);
            return;
        }

        headers.ContentType = "application/json";
        headers.ContentLength = FastAnswers.Whole.Length;
        await context.Response.BodyWriter.WriteAsync(FastAnswers.Whole);
    }

    /// <summary>Reads the body to its end; true when it asks for a stream, which the load generator says near the beginning.</summary>
    private static async ValueTask<bool> ReadAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        bool? streamed = null;
        while (true)
        {
            var read = await reader.ReadAsync();
            // A long body is not kept: once its beginning is there, the rest is read away.
            if (read.IsCompleted || read.Buffer.Length >= Beginning)
                streamed ??= AsksForStream(read.Buffer);
            if (streamed is null)
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            else
                reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return streamed ?? false;
        }
    }

    private static bool AsksForStream(ReadOnlySequence<byte> body)
    {
        Span<byte> beginning = stackalloc byte[(int)Math.Min(body.Length, Beginning)];
        body.Slice(0, beginning.Length).CopyTo(beginning);
        return beginning.IndexOf("\"stream\":true"u8) >= 0;
    }
}
