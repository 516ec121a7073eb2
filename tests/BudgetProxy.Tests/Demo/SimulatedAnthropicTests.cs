using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Demo;

/// <summary>Anthropic's own SDK must not be able to tell the simulated provider from the real one.</summary>
public sealed class SimulatedAnthropicTests : IAsyncLifetime
{
    private SimulatedProvider _provider = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _provider = await SimulatedProvider.StartAsync(new SimulatedProviderOptions { AnthropicKey = "sk-ant-right" });

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    [Fact]
    public async Task Answers_a_message()
    {
        _provider.Script = _ => new SimulatedAnswer { OutputTokens = 4, CachedTokens = 2, CacheWriteTokens = 1 };
        var answer = await Client().Messages.Create(Ask(100), Cancel);
        answer.Validate();

        Assert.True(answer.Content[0].TryPickText(out var text));
        Assert.Equal("The cost of this", text.Text);
        Assert.Equal((long?)2, answer.Usage.CacheReadInputTokens);
        Assert.Equal((long?)1, answer.Usage.CacheCreationInputTokens);
        await BookedAsync(answer.Usage.InputTokens + 3, answer.Usage.OutputTokens);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public async Task Streams_a_message_in_pieces_of_any_length(int chunkBytes)
    {
        _provider.Script = _ => new SimulatedAnswer { OutputTokens = 30, ChunkBytes = chunkBytes };
        var text = "";
        var input = 0L;
        var output = 0L;
        await foreach (var happening in Client().Messages.CreateStreaming(Ask(20), Cancel))
        {
            if (happening.TryPickStart(out var start))
                input = start.Message.Usage.InputTokens;
            if (happening.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var piece))
                text += piece.Text;
            if (happening.TryPickDelta(out var end))
                output = end.Usage.OutputTokens;
        }

        Assert.Equal(20, text.Split(' ').Length);
        Assert.Equal(20, output);
        await BookedAsync(input, output);
    }

    [Fact]
    public async Task Counts_tokens_unbilled()
    {
        var question = new MessageCountTokensParams { Model = "claude-sonnet-4-5", Messages = [new UserMessageParam("one two three")] };
        var count = await Client().Messages.CountTokens(question, Cancel);
        Assert.Equal(5, count.InputTokens);
        await BookedAsync(0, 0);
    }

    [Fact]
    public async Task Lists_models()
    {
        var page = await Client().Models.List(cancellationToken: Cancel);
        Assert.Contains(page.Items, model => model.ID == "claude-sonnet-4-5-20250929");
    }

    [Fact]
    public async Task Refuses_a_wrong_key_unbilled()
    {
        using var client = SdkClients.Anthropic(_provider.AnthropicBaseUrl, "sk-ant-wrong");
        await Assert.ThrowsAsync<AnthropicUnauthorizedException>(() => client.Messages.Create(Ask(10), Cancel));
        await BookedAsync(0, 0);
    }

    [Fact]
    public async Task Fails_in_the_middle_of_a_stream()
    {
        _provider.Script = _ => new SimulatedAnswer { ErrorAfterEvents = 5 };
        await Assert.ThrowsAnyAsync<AnthropicException>(async () =>
        {
            await foreach (var _ in Client().Messages.CreateStreaming(Ask(20), Cancel))
            {
            }
        });
    }

    private AnthropicClient Client() => SdkClients.Anthropic(_provider.AnthropicBaseUrl, "sk-ant-right");

    private static MessageCreateParams Ask(int maxTokens) => new()
    {
        Model = "claude-sonnet-4-5",
        MaxTokens = maxTokens,
        Messages = [new UserMessageParam("How much is one call?")],
    };

    private async Task BookedAsync(long input, long output)
    {
        await _provider.WhenIdleAsync(Cancel);
        var call = Assert.Single(_provider.Calls);
        Assert.Equal(SimulatedOutcome.Completed, call.Outcome);
        Assert.Equal((input, output), (call.Billed.TotalInput, call.Billed.Output));
    }
}
