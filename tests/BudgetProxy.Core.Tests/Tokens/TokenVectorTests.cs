using System.Text;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Tokens;

/// <summary>Well-known strings. The first four pairs of figures are those of the OpenAI cookbook, How_to_count_tokens_with_tiktoken.</summary>
public sealed class TokenVectorTests
{
    [Theory]
    [InlineData("antidisestablishmentarianism", 6, 6)]
    [InlineData("2 + 2 = 4", 7, 7)]
    [InlineData("お誕生日おめでとう", 9, 8)]
    [InlineData("tiktoken is great!", 6, 6)]
    [InlineData("Hello, world!", 4, 4)]
    [InlineData("hello world", 2, 2)]
    [InlineData(" hello", 1, 1)]
    [InlineData("\n\n", 1, 1)]
    [InlineData("The quick brown fox jumps over the lazy dog.", 10, 10)]
    [InlineData("\U0001F469\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466", 18, 11)]
    [InlineData("def f(x):\n    return x+1\n", 10, 10)]
    [InlineData("https://example.com/a?b=c&d=1", 12, 12)]
    [InlineData("0123456789", 4, 4)]
    [InlineData("日本語", 4, 2)]
    [InlineData("Привет, мир!", 7, 5)]
    [InlineData("""{"a":1,"b":[true,null]}""", 10, 10)]
    [InlineData("", 0, 0)]
    [InlineData("You are a helpful, pattern-following assistant that translates corporate jargon into plain English.", 18, 17)]
    [InlineData("New synergies will help drive top-line growth.", 10, 10)]
    [InlineData("Things working well together will increase revenue.", 8, 8)]
    [InlineData("Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.", 18, 17)]
    [InlineData("Let's talk later when we're less busy about how to do better.", 15, 13)]
    [InlineData("This late pivot means we don't have time to boil the ocean for the client deliverable.", 19, 18)]
    public void Counts(string text, int cl100k, int o200k)
    {
        Assert.Equal(cl100k, Count(TokenEncoding.Cl100kBase, text));
        Assert.Equal(o200k, Count(TokenEncoding.O200kBase, text));
    }

    [Theory]
    [InlineData('a', 13)]
    [InlineData(' ', 2)]
    public void Counts_runs_of_a_hundred(char repeated, int tokens)
    {
        Assert.Equal(tokens, Count(TokenEncoding.Cl100kBase, new string(repeated, 100)));
        Assert.Equal(tokens, Count(TokenEncoding.O200kBase, new string(repeated, 100)));
    }

    [Theory]
    [InlineData("<|endoftext|>", 7)]
    [InlineData("<|im_start|>", 6)]
    public void Text_that_looks_special_is_ordinary(string text, int tokens)
    {
        Assert.Equal(tokens, Count(TokenEncoding.Cl100kBase, text));
        Assert.Equal(tokens, Count(TokenEncoding.O200kBase, text));
    }

    private static int Count(TokenEncoding encoding, string text) => TokenCounter.For(encoding).Count(Encoding.UTF8.GetBytes(text));
}
