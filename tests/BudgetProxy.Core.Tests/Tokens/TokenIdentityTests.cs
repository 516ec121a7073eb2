using System.IO.Compression;
using System.Text;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Tokens;

/// <summary>Ours against the npm package tiktoken on every text of <see cref="IdentityTexts"/>: with its kept counts everywhere, and with itself where Node is present.</summary>
public sealed class TokenIdentityTests
{
    private const string Kept = "tiktoken-counts.gz";

    [Fact]
    public void Counts_are_those_kept_of_tiktoken()
    {
        using var file = new GZipStream(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Fixtures", "Tokens", Kept)), CompressionMode.Decompress);
        using var reader = new StreamReader(file);
        AssertSame(IdentityTexts.All().ToList(), reader.ReadToEnd());
    }

    [Fact]
    public void Counts_are_those_of_tiktoken_run_now()
    {
        using var tiktoken = NodeTiktoken.Install(out var reason);
        Assert.SkipWhen(tiktoken is null, reason);
        var texts = IdentityTexts.All().ToList();
        var counts = tiktoken!.Count(texts);
        AssertSame(texts, counts);
        AssertKept(counts);
    }

    private static void AssertSame(List<IdentityText> texts, string counts)
    {
        var lines = counts.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(lines.Length, texts.Count);
        Assert.True(texts.Count >= 10_000);
        var wrong = texts.Zip(lines, (text, expected) => (text, expected, actual: Count(text))).Where(one => one.actual != one.expected).ToList();
        if (wrong.Count > 0) Assert.Fail($"{wrong.Count} texts differ. The first: {wrong[0].actual}, and {wrong[0].expected} by tiktoken, for {wrong[0].text}");
    }

    private static string Count(IdentityText text)
    {
        TokenCounter o200k = TokenCounter.For(TokenEncoding.O200kBase), cl100k = TokenCounter.For(TokenEncoding.Cl100kBase);
        return text.IsJson
            ? $"{o200k.CountJsonString(text.Bytes)} {cl100k.CountJsonString(text.Bytes)}"
            : $"{o200k.Count(text.Bytes)} {cl100k.Count(text.Bytes)}";
    }

    /// <summary>Counts agree with the live package here; the file must hold the same, or it is made anew beside the test and this says so.</summary>
    private static void AssertKept(string counts)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Fixtures", "Tokens", Kept);
        if (File.Exists(path))
        {
            using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
            using var reader = new StreamReader(file);
            if (reader.ReadToEnd() == counts) return;
        }

        var made = Path.Combine(Path.GetTempPath(), Kept);
        using (var file = new GZipStream(File.Create(made), CompressionLevel.SmallestSize)) file.Write(Encoding.ASCII.GetBytes(counts));
        Assert.Fail($"The texts have changed since their counts were kept. Look at the change, then: cp {made} tests/BudgetProxy.Core.Tests/Fixtures/Tokens/");
    }
}
