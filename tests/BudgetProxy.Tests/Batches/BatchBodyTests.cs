using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using BudgetProxy.Batches;
using BudgetProxy.Core.Requests;
using BudgetProxy.Gateway;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using static BudgetProxy.Tests.Batches.BatchScene;

namespace BudgetProxy.Tests.Batches;

/// <summary>What long bodies may take of the proxy.</summary>
public sealed class BatchBodyTests
{
    [Fact]
    public async Task A_tenant_has_so_many_bodies_on_their_way_and_the_next_is_told_to_wait()
    {
        await using var proxy = await StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        using var other = proxy.Client(await proxy.CreateTenantAsync("other"));
        var release = new TaskCompletionSource();
        var making = Enumerable.Range(0, OpenBodies.MostOfTenant)
            .Select(_ => client.PostAsync("/anthropic/v1/messages/batches", new StalledContent(Requests(2, i => MessageRequest($"{i}")), release.Task))).ToList();
        // Asked of what counts them: a request that asked would be one of them, and keep the last of these out.
        var bodies = proxy.Services.GetRequiredService<OpenBodies>();
        await Poll.UntilAsync(() => Task.FromResult(IsFull(bodies, "acme")), Limit, "all bodies are on their way");
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(client));
        using var refused = await client.PostAsync("/v1/estimate/openai/batches", TestProxy.Json("{}"));
        Assert.Equal("too_many_batches", refused.Headers.GetValues("X-BudgetProxy-Code").Single());
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(other));

        release.SetResult();
        foreach (var response in await Task.WhenAll(making))
            await IdOfAsync(response);
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(client));
    }

    [Fact]
    public void There_are_so_many_bodies_in_all()
    {
        var bodies = new OpenBodies();
        for (var i = 0; i < OpenBodies.MostInAll; i++)
            Assert.True(bodies.TryEnter($"tenant-{i}"));
        Assert.False(bodies.TryEnter("another"));
        bodies.Leave("tenant-0");
        Assert.True(bodies.TryEnter("another"));
    }

    [Theory]
    [InlineData("/v1/estimate/openai/batches")]
    [InlineData("/openai/v1/files")]
    public async Task Reading_ends_where_a_thousand_lines_are_at_fault(string path)
    {
        await using var proxy = await StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        var lines = Lines(5_000, i => ChatLine($"{i}", extra: ",\"stream\":true"));
        using var response = path == "/openai/v1/files" ? await UploadAsync(client, lines) : await client.PostAsync(path, TestProxy.Json(lines));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Contains("1000 lines", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("And 980 more. The rest was not read.", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(proxy.Provider.Batches.Files);
    }

    [Fact]
    public async Task A_body_that_is_not_whole_in_its_time_is_refused()
    {
        var pipe = new Pipe();
        var context = new DefaultHttpContext();
        context.Request.Body = pipe.Reader.AsStream();
        using var call = new Call(context, new ProviderRoute(Provider.OpenAi, "POST", "/", "/", null), Guid.CreateVersion7(), DateTimeOffset.UnixEpoch);
        using var items = new JsonLineSplitter(1_000, static (_, _, _) => { });
        await pipe.Writer.WriteAsync("{"u8.ToArray());
        var reading = BatchBody.ReadAsync(call, items, new LineProblems(), null, 1_000);
        Assert.False(reading.IsCompleted);
        context.Request.BodyReader.CancelPendingRead();
        Assert.Same(BatchRefusals.TooSlow, await reading);
    }

    private static bool IsFull(OpenBodies bodies, string tenant)
    {
        if (!bodies.TryEnter(tenant))
            return true;
        bodies.Leave(tenant);
        return false;
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client)
    {
        using var response = await client.PostAsync("/v1/estimate/openai/batches", TestProxy.Json("{}"));
        return response.StatusCode;
    }

    /// <summary>A body of which half is sent, and the rest once it may.</summary>
    private sealed class StalledContent : HttpContent
    {
        private readonly byte[] _body;
        private readonly Task _release;

        public StalledContent(string body, Task release)
        {
            (_body, _release) = (Encoding.UTF8.GetBytes(body), release);
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_body.AsMemory(0, _body.Length / 2));
            await stream.FlushAsync();
            await _release;
            await stream.WriteAsync(_body.AsMemory(_body.Length / 2));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _body.Length;
            return true;
        }
    }
}
