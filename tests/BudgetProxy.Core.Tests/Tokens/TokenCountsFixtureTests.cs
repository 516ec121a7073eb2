using System.Text;
using System.Text.Json;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Tokens;

/// <summary>Thousands of texts with the counts of an independent implementation; see Fixtures/Tokens/make-counts.mjs.</summary>
public sealed class TokenCountsFixtureTests
{
    [Theory]
    [InlineData(TokenEncoding.O200kBase)]
    [InlineData(TokenEncoding.Cl100kBase)]
    public void Counts_agree_with_tiktoken(TokenEncoding encoding)
    {
        var counter = TokenCounter.For(encoding);
        var wrong = new List<string>();
        var lines = 0;
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Fixtures", "Tokens", "counts.jsonl")))
        {
            lines++;
            var expected = Read(line, encoding, out var escaped, out var text);
            if (counter.CountJsonString(escaped) != expected) wrong.Add($"escaped {counter.CountJsonString(escaped)} {line}");
            if (text is not null && counter.Count(Encoding.UTF8.GetBytes(text)) != expected) wrong.Add(line);
        }

        Assert.Empty(wrong);
        Assert.True(lines > 3000);
    }

    /// <summary>The text is null when it holds a lone surrogate, which only an escape can write.</summary>
    private static int Read(string line, TokenEncoding encoding, out byte[] escaped, out string? text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(line));
        reader.Read();
        reader.Read();
        escaped = reader.ValueSpan.ToArray();
        try
        {
            text = reader.GetString();
        }
        catch (InvalidOperationException)
        {
            text = null;
        }

        reader.Read();
        if (encoding == TokenEncoding.Cl100kBase) reader.Read();
        return reader.GetInt32();
    }
}
