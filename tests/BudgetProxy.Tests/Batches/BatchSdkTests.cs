using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using Anthropic.Models.Messages;
using Anthropic.Models.Messages.Batches;
using BudgetProxy.Tests.Infrastructure;
using OpenAI;
using OpenAI.Batch;
using OpenAI.Files;
using static BudgetProxy.Tests.Batches.BatchScene;

namespace BudgetProxy.Tests.Batches;

/// <summary>The official .NET SDKs, unchanged, make batches through the proxy and read their results.</summary>
public sealed class BatchSdkTests
{
    [Fact]
    public async Task OpenAI_uploads_creates_follows_and_downloads()
    {
        await using var proxy = await StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"1"},"window":"month"}""");
        var endpoint = new Uri(proxy.BaseAddress, "/openai/v1");
        var files = new OpenAIFileClient(new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = endpoint, RetryPolicy = new ClientRetryPolicy(0) });
        var batches = new BatchClient(new ApiKeyCredential(key), new BatchClientOptions { Endpoint = endpoint, RetryPolicy = new ClientRetryPolicy(0) });

        var file = (await files.UploadFileAsync(BinaryData.FromString(Lines(12, i => ChatLine($"{i}"))), "lines.jsonl", FileUploadPurpose.Batch)).Value;
        using var order = BinaryContent.Create(BinaryData.FromString($$"""{"input_file_id":"{{file.Id}}","endpoint":"/v1/chat/completions","completion_window":"24h"}"""));
        var made = await batches.CreateBatchAsync(order, waitUntilCompleted: false);
        Assert.Equal(file.Id, (await files.GetFilesAsync()).Value.Single(one => one.Purpose == FilePurpose.Batch).Id);
        await WhenSettledAsync(proxy, "acme", "monthly");

        var batch = JsonElement.Parse((await batches.GetBatchAsync(made.BatchId, options: null)).GetRawResponse().Content.ToString());
        Assert.Equal("completed", batch.GetProperty("status").GetString());
        var results = (await files.DownloadFileAsync(batch.GetProperty("output_file_id").GetString())).Value.ToString();
        Assert.Equal(12, results.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.True((await files.DeleteFileAsync(file.Id)).Value.Deleted);
        Assert.Equal(12, (await proxy.LedgerAsync("acme")).Count);
    }

    [Fact]
    public async Task OpenAI_sees_a_refusal_as_its_own_error()
    {
        await using var proxy = await StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        var files = new OpenAIFileClient(
            new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = new Uri(proxy.BaseAddress, "/openai/v1"), RetryPolicy = new ClientRetryPolicy(0) });
        var refused = await Assert.ThrowsAsync<ClientResultException>(() =>
            files.UploadFileAsync(BinaryData.FromString(ChatLine("bad", model: "nobody-knows-1")), "lines.jsonl", FileUploadPurpose.Batch));
        Assert.Equal(402, refused.Status);
        Assert.Contains("Line 1 (bad)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Anthropic_creates_follows_and_reads_results()
    {
        await using var proxy = await StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"1"},"window":"month"}""");
        using var client = SdkClients.Anthropic(new Uri(proxy.BaseAddress, "/anthropic").ToString(), key);
        var made = await client.Messages.Batches.Create(new BatchCreateParams
        {
            Requests = [.. Enumerable.Range(0, 9).Select(i => new Request
            {
                CustomID = $"line-{i}",
                Params = new Params { Model = ClaudeModel, MaxTokens = 20, Messages = [new UserMessageParam("Say hello.")] },
            })],
        });
        await WhenSettledAsync(proxy, "acme", "monthly");
        var batch = await client.Messages.Batches.Retrieve(made.ID);
        Assert.Equal(ProcessingStatus.Ended, batch.ProcessingStatus.Value());
        var answered = 0;
        await foreach (var _ in client.Messages.Batches.ResultsStreaming(made.ID))
            answered++;
        Assert.Equal(9, answered);
        Assert.Equal(9, (await proxy.LedgerAsync("acme")).Count);
    }
}
