using System.ClientModel;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using BudgetProxy.Tests.Infrastructure;
using OpenAI.Chat;
using OpenAI.Responses;

namespace BudgetProxy.Tests.Gateway;

/// <summary>The official .NET SDKs, unchanged, pointed at the proxy by base URL and key alone.</summary>
public sealed class SdkTests
{
    [Fact]
    public async Task OpenAI_chats_streams_embeds_and_lists()
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        var url = new Uri(proxy.BaseAddress, "/openai/v1").ToString();
        var chat = SdkClients.OpenAiChat(url, key, "gpt-4o-mini");

        var answer = await chat.CompleteChatAsync([new UserChatMessage("Say hello.")], new ChatCompletionOptions { MaxOutputTokenCount = 50 });
        Assert.NotEmpty(answer.Value.Content[0].Text);
        Assert.True(answer.Value.Usage.OutputTokenCount > 0);

        var text = "";
        await foreach (var update in chat.CompleteChatStreamingAsync([new UserChatMessage("Say hello.")], new ChatCompletionOptions { MaxOutputTokenCount = 50 }))
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
        Assert.NotEmpty(text);

        var embedding = await SdkClients.OpenAiEmbeddings(url, key, "text-embedding-3-small").GenerateEmbeddingAsync("some text");
        Assert.True(embedding.Value.ToFloats().Length > 0);
        Assert.NotEmpty((await SdkClients.OpenAiModels(url, key).GetModelsAsync()).Value);
        Assert.Equal(3, (await proxy.LedgerAsync("acme")).Count);
    }

    [Fact]
    public async Task OpenAI_responds_whole_and_streamed()
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        var responses = SdkClients.OpenAiResponses(new Uri(proxy.BaseAddress, "/openai/v1").ToString(), key);
        CreateResponseOptions Ask(bool streamed) => new("gpt-4o-mini", [ResponseItem.CreateUserMessageItem("Say hello.")])
        {
            MaxOutputTokenCount = 50,
            Instructions = "Be brief.",
            StreamingEnabled = streamed,
        };

        var answer = (await responses.CreateResponseAsync(Ask(streamed: false))).Value;
        Assert.NotEmpty(answer.GetOutputText());
        Assert.True(answer.Usage.OutputTokenCount > 0);

        var text = "";
        var completed = false;
        await foreach (var update in await responses.CreateResponseStreamingAsync(Ask(streamed: true)))
        {
            text += update is StreamingResponseOutputTextDeltaUpdate delta ? delta.Delta : "";
            completed |= update is StreamingResponseCompletedUpdate;
        }

        Assert.NotEmpty(text);
        Assert.True(completed);
        Assert.Equal(2, (await proxy.LedgerAsync("acme")).Count);
    }

    [Fact]
    public async Task Anthropic_chats_streams_counts_and_lists()
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        using var client = SdkClients.Anthropic(new Uri(proxy.BaseAddress, "/anthropic").ToString(), key);
        var ask = new MessageCreateParams
        {
            Model = "claude-haiku-4-5-20251001",
            MaxTokens = 50,
            Messages = [new UserMessageParam("Say hello.")],
        };

        var message = await client.Messages.Create(ask);
        Assert.True(message.Usage.OutputTokens > 0);
        var events = 0;
        await foreach (var _ in client.Messages.CreateStreaming(ask))
            events++;
        Assert.True(events > 3);
        Assert.Equal(2, (await proxy.LedgerAsync("acme")).Count);
    }

    [Fact]
    public async Task A_refusal_becomes_the_SDKs_own_typed_error_after_one_attempt()
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "none", """{"limit":{"usd":"0"},"window":"month"}""");

        var openAi = await Assert.ThrowsAsync<ClientResultException>(() => SdkClients
            .OpenAiChat(new Uri(proxy.BaseAddress, "/openai/v1").ToString(), key, "gpt-4o-mini", maxRetries: 3)
            .CompleteChatAsync([new UserChatMessage("Say hello.")], new ChatCompletionOptions { MaxOutputTokenCount = 50 }));
        Assert.Equal(402, openAi.Status);
        Assert.Contains("none", openAi.Message, StringComparison.Ordinal);

        using var client = SdkClients.Anthropic(new Uri(proxy.BaseAddress, "/anthropic").ToString(), key, maxRetries: 2);
        var anthropic = await Assert.ThrowsAnyAsync<AnthropicApiException>(() => client.Messages.Create(new MessageCreateParams
        {
            Model = "claude-haiku-4-5-20251001",
            MaxTokens = 50,
            Messages = [new UserMessageParam("Say hello.")],
        }));
        Assert.Equal(402, (int)anthropic.StatusCode);
        Assert.Equal(0, proxy.Provider.CallCount);
    }
}
