using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Metering;

/// <summary>
/// Reads the usage of an answer that is not streamed, in one pass that steps over the content. It never throws: a body that is not whole JSON
/// reads as unfinished, without usage.
/// </summary>
public static class AnswerMeter
{
    /// <summary>
    /// Reads <paramref name="body"/>, decoded if it came compressed, whatever its status was: whether an error that reports usage is charged is
    /// the caller's to decide.
    /// </summary>
    /// <param name="longestTtl">The longest cache lifetime that the request asked for: the price of writes that are not split.</param>
    public static MeterReading Read(ProviderApi api, ReadOnlySpan<byte> body, CacheWrite longestTtl) => api switch
    {
        ProviderApi.OpenAiChat or ProviderApi.OpenAiCompletions => ReadOpenAi(body, hasOutput: true, longestTtl),
        ProviderApi.OpenAiEmbeddings => ReadOpenAi(body, hasOutput: false, longestTtl),
        ProviderApi.OpenAiResponses => OpenAiResponse.ReadWhole(body, longestTtl),
        ProviderApi.AnthropicMessages => ReadAnthropic(body, longestTtl),
        _ => default,
    };

    private static MeterReading ReadOpenAi(ReadOnlySpan<byte> body, bool hasOutput, CacheWrite longestTtl)
    {
        var json = new JsonCursor(body);
        if (!json.EnterObject()) return default;
        Usage? usage = null;
        var unknown = default(UnknownTokens);
        string? model = null;
        ServiceTier? tier = null;
        var failed = false;
        while (json.NextKey(out var key))
        {
            if (key.SequenceEqual("model"u8)) ServedModel.Read(ref json, ref model);
            else if (key.SequenceEqual("service_tier"u8)) OpenAiTier.Read(ref json, ref tier);
            else if (key.SequenceEqual("usage"u8)) usage = OpenAiUsage.Read(ref json, hasOutput, longestTtl, out unknown);
            else if (key.SequenceEqual("error"u8)) failed = json.SkipPresent();
            else json.Skip();
        }

        if (!json.IsWhole()) return default;
        return new MeterReading { Usage = usage, Unknown = unknown, ServedModel = model, ServedTier = tier, Finished = !failed, Failed = failed };
    }

    private static MeterReading ReadAnthropic(ReadOnlySpan<byte> body, CacheWrite longestTtl)
    {
        var json = new JsonCursor(body);
        if (!json.EnterObject()) return default;
        var usage = new AnthropicUsage();
        string? model = null;
        bool failed = false, refused = false, hasContent = false;
        while (json.NextKey(out var key))
        {
            if (key.SequenceEqual("model"u8)) ServedModel.Read(ref json, ref model);
            else if (key.SequenceEqual("usage"u8)) usage.Read(ref json);
            else if (key.SequenceEqual("content"u8)) hasContent = HasItems(ref json);
            else if (key.SequenceEqual("stop_reason"u8)) refused = json.ReadString(out var reason) && reason.SequenceEqual("refusal"u8);
            else if (key.SequenceEqual("error"u8)) failed = json.SkipPresent();
            else json.Skip();
        }

        if (!json.IsWhole()) return default;
        return new MeterReading
        {
            Usage = refused && !hasContent ? default(Usage) : usage.ToUsage(longestTtl),
            Unknown = usage.Unknown,
            ServedModel = model,
            ServedTier = usage.Tier,
            Regional = usage.Regional,
            Finished = !failed,
            Failed = failed,
        };
    }

    private static bool HasItems(ref JsonCursor json)
    {
        var any = false;
        if (!json.EnterArray()) return false;
        while (json.NextItem())
        {
            any = true;
            json.Skip();
        }

        return any;
    }
}
