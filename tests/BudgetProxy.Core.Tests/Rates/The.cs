using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Rates;

/// <summary>Rows and usages by short text, so that a worked price reads as one line.</summary>
internal static class The
{
    /// <summary>The day the shipped card was compiled.</summary>
    public static readonly DateTimeOffset CardDay = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The row of <c>openai/gpt-4o</c>, in force on the card's day.</summary>
    public static Rate Row(string providerAndModel) => Row(providerAndModel, CardDay);

    public static Rate Row(string providerAndModel, DateTimeOffset at)
    {
        var slash = providerAndModel.IndexOf('/', StringComparison.Ordinal);
        Assert.True(ProviderNames.TryParse(providerAndModel[..slash], out var provider));
        var rate = RateCard.Shipped.Find(provider, providerAndModel[(slash + 1)..], at);
        Assert.NotNull(rate);
        return rate;
    }

    /// <summary>Disjoint buckets: <c>in 100 cached 20 short 5 long 5 out 7 audio-in 1 audio-out 1 image-in 1 image-out 1 tools 1 files 1 code 1</c>.</summary>
    public static Usage Usage(string text)
    {
        var words = text.Split(' ');
        var usage = default(Usage);
        for (var i = 0; i < words.Length; i += 2)
        {
            var count = long.Parse(words[i + 1]);
            usage = words[i] switch
            {
                "in" => usage with { Input = count },
                "cached" => usage with { CachedInput = count },
                "short" => usage with { CacheWriteShort = count },
                "long" => usage with { CacheWriteLong = count },
                "out" => usage with { Output = count },
                "audio-in" => usage with { AudioInput = count },
                "audio-out" => usage with { AudioOutput = count },
                "image-in" => usage with { ImageInput = count },
                "image-out" => usage with { ImageOutput = count },
                "files" => usage with { FileSearches = count },
                "code" => usage with { CodeSessions = count },
                "tools" => usage with { ToolCalls = count },
                _ => throw new ArgumentException($"No bucket {words[i]}.", nameof(text)),
            };
        }

        return usage;
    }
}
