using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tests.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Tokens;

public sealed class TextMemoryTests
{
    private static readonly ModelProfile[] Profiles =
    [
        new() { ExactEncoding = true },
        new() { ExactEncoding = true, Encoding = TokenEncoding.Cl100kBase },
        new() { SafetyPercent = 135, ExpectedPercent = 118 },
        new() { SafetyPercent = 180, ExpectedPercent = 155 },
    ];

    [Fact]
    public void A_remembered_text_counts_as_it_did()
    {
        var memory = new PromptMemory().TextsOf("acme");
        var random = new Random(4);
        for (var i = 0; i < 300; i++)
        {
            // The same text as a string and as raw JSON, under every profile: each has its own count.
            var text = string.Concat(Enumerable.Range(0, 400 + random.Next(200)).Select(_ => random.Next(8) switch
            {
                0 => "日本語",
                1 => "\\n  ",
                2 => $" {random.Next(100)}",
                _ => " word",
            }));
            var json = $$$$"""{"model":"m","messages":[{"role":"user","content":"{{{{text}}}}","extra":"{{{{text}}}}"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"description":"{{{{text}}}}"}}}]}""";
            foreach (var profile in Profiles)
            {
                var expected = Estimate(json, profile, null);
                Assert.Equal(expected, Estimate(json, profile, memory));
                Assert.Equal(expected, Estimate(json, profile, memory));
            }
        }
    }

    [Fact]
    public void A_text_that_was_not_counted_to_its_end_is_not_remembered()
    {
        var memory = new PromptMemory().TextsOf("acme");
        var json = Body.ChatOf($"\"{string.Concat(Enumerable.Repeat("some words ", 2000))}\"");
        var whole = Estimate(json, Profiles[0], null);
        var above = Estimate(json, Profiles[0] with { MaxInput = 1000 }, memory);
        Assert.InRange(above.Tokens, 1001, 1100);
        Assert.InRange(above.Bound, above.Tokens, 1100);
        Assert.Equal(whole, Estimate(json, Profiles[0], memory));
        // Once it is known whole, it is told whole.
        Assert.Equal(whole, Estimate(json, Profiles[0] with { MaxInput = 1000 }, memory));
        // A stand-in's guess may come down again by what is learned: that text is counted to its end.
        Assert.Equal(Estimate(json, Profiles[2], null), Estimate(json, Profiles[2] with { MaxInput = 1000 }, null));
    }

    [Fact]
    public void Asks_the_memory_and_allocates_nothing()
    {
        var memory = new PromptMemory().TextsOf("acme");
        var body = Body.Utf8(Body.ChatOf($"\"{string.Concat(Enumerable.Repeat("some words ", 1000))}\""));
        var request = new ProviderRequest();
        Assert.True(RequestReader.TryRead(ProviderApi.OpenAiChat, body, request, out _));
        var first = InputEstimator.Estimate(ProviderApi.OpenAiChat, request, body, Profiles[0], memory);
        memory.Put(KeyOf(memory, body, request.Content[0]), new TextCount(5, 0));
        Assert.Equal(first.Tokens - 2001 + 5, Second());
        var before = GC.GetAllocatedBytesForCurrentThread();
        Second();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        long Second() => InputEstimator.Estimate(ProviderApi.OpenAiChat, request, body, Profiles[0], memory).Tokens;
    }

    private static UInt128 KeyOf(TenantShare<TextCount> memory, byte[] body, ContentSpan span) =>
        TextHash.Begin(memory.Salt).Add((byte)Profiles[0].Encoding).Add(0).Add(1).Add(body.AsSpan(span.Start, span.Length)).End();

    private static InputEstimate Estimate(string json, ModelProfile profile, TenantShare<TextCount>? memory) =>
        InputEstimator.Estimate(ProviderApi.OpenAiChat, Body.Read(ProviderApi.OpenAiChat, json), Body.Utf8(json), profile, memory);
}
