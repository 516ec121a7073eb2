using System.ClientModel;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Infrastructure;
using OpenAI.Chat;
using OpenAI.Embeddings;

namespace BudgetProxy.Tests.Demo;

/// <summary>OpenAI's own SDK must not be able to tell the simulated provider from the real one.</summary>
public sealed class SimulatedOpenAiTests : IAsyncLifetime
{
    private SimulatedProvider _provider = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _provider = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { OpenAiKey = "sk-right" });

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    [Fact]
    public async Task Answers_a_chat()
    {
        ChatCompletion answer = await Chat().CompleteChatAsync([new UserChatMessage("How much is one call?")], cancellationToken: Cancel);

        Assert.Equal("The cost of this call was known before it left and the", answer.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal("gpt-4o-mini-2024-07-18", answer.Model);
        Assert.Equal(12, answer.Usage.OutputTokenCount);
        await BookedAsync(answer.Usage.InputTokenCount, answer.Usage.OutputTokenCount);
    }

    [Fact]
    public async Task Cuts_an_answer_at_the_callers_limit()
    {
        var options = new ChatCompletionOptions { MaxOutputTokenCount = 3 };
        ChatCompletion answer = await Chat().CompleteChatAsync([new UserChatMessage("Hello")], options, Cancel);

        Assert.Equal("The cost of", answer.Content[0].Text);
        Assert.Equal(ChatFinishReason.Length, answer.FinishReason);
        await BookedAsync(answer.Usage.InputTokenCount, 3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public async Task Streams_a_chat_in_pieces_of_any_length(int chunkBytes)
    {
        _provider.Script = _ => new SimulatedAnswer { OutputTokens = 30, ChunkBytes = chunkBytes, CachedTokens = 2, ReasoningTokens = 5 };
        var text = "";
        ChatTokenUsage? usage = null;
        await foreach (var update in Chat().CompleteChatStreamingAsync([new UserChatMessage("Hello there")], cancellationToken: Cancel))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            usage = update.Usage ?? usage;
        }

        Assert.StartsWith("The cost of this call", text, StringComparison.Ordinal);
        Assert.Equal(30, text.Split(' ').Length);
        Assert.NotNull(usage);
        Assert.Equal(35, usage.OutputTokenCount);
        Assert.Equal(5, usage.OutputTokenDetails.ReasoningTokenCount);
        Assert.Equal(2, usage.InputTokenDetails.CachedTokenCount);
        await BookedAsync(usage.InputTokenCount, usage.OutputTokenCount);
    }

    [Fact]
    public async Task Embeds_several_inputs()
    {
        var client = SdkClients.OpenAiEmbeddings(BaseUrl, "sk-right", "text-embedding-3-small");
        OpenAIEmbeddingCollection answer = await client.GenerateEmbeddingsAsync(["one two three", "four"], cancellationToken: Cancel);

        Assert.Equal(2, answer.Count);
        Assert.Equal(0.25f, answer[1].ToFloats().Span[0]);
        Assert.Equal(4, answer.Usage.InputTokenCount);
        await BookedAsync(4, 0);
    }

    [Fact]
    public async Task Lists_models()
    {
        var models = await SdkClients.OpenAiModels(BaseUrl, "sk-right").GetModelsAsync(Cancel);
        Assert.Contains(models.Value, model => model.Id == "gpt-4o-2024-08-06");
    }

    [Fact]
    public async Task Refuses_a_wrong_key_unbilled()
    {
        var client = SdkClients.OpenAiChat(BaseUrl, "sk-wrong", "gpt-4o-mini");
        var error = await Assert.ThrowsAsync<ClientResultException>(async () => await client.CompleteChatAsync([new UserChatMessage("Hello")]));
        Assert.Equal(401, error.Status);
        Assert.Contains("invalid_api_key", error.Message, StringComparison.Ordinal);
        await BookedAsync(0, 0);
    }

    private string BaseUrl => _provider.OpenAiBaseUrl + "/v1";

    private ChatClient Chat() => SdkClients.OpenAiChat(BaseUrl, "sk-right", "gpt-4o-mini");

    private async Task BookedAsync(long input, long output)
    {
        await _provider.WhenIdleAsync(Cancel);
        var call = Assert.Single(_provider.Calls);
        Assert.Equal(SimulatedOutcome.Completed, call.Outcome);
        Assert.Equal((input, output), (call.Billed.TotalInput, call.Billed.Output));
        Assert.Equal(call.Billed, _provider.Billed);
    }
}
