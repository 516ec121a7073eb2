using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Metering;

/// <summary>
/// OpenAI's <c>usage</c> object, by the names of chat and of responses. Its details are parts of its totals, not additions to them: rejected prediction tokens, for one, are in
/// <c>completion_tokens</c> already (source: OpenAI API reference, chat completion object, 2026-08).
/// </summary>
internal struct OpenAiUsage
{
    private long? _prompt;
    private long? _completion;
    private long? _cached;
    private long? _written;
    private long? _writtenLong;
    private long? _audioInput;
    private long? _imageInput;
    private long? _audioOutput;
    private long? _imageOutput;
    private long? _reasoning;
    private long? _total;
    private long _unknownInput;
    private long _unknownOutput;
    private bool _malformed;

    /// <summary>Reads the value; null when a count is missing, no integer, negative, or beyond belief.</summary>
    /// <param name="json">Stands before the value.</param>
    /// <param name="hasOutput">False for embeddings, which report no <c>completion_tokens</c>.</param>
    /// <param name="longestTtl">The longest cache lifetime that the request asked for: the price of writes that are not split.</param>
    /// <param name="unknown">The part of it that stands under names which we don't know.</param>
    public static Usage? Read(ref JsonCursor json, bool hasOutput, CacheWrite longestTtl, out UnknownTokens unknown)
    {
        var usage = new OpenAiUsage();
        if (!hasOutput) usage._completion = 0;
        usage.ReadTotals(ref json);
        return usage.ToUsage(longestTtl, out unknown);
    }

    private void ReadTotals(ref JsonCursor json)
    {
        if (!json.EnterObject()) return;
        while (json.NextKey(out var key))
        {
            if (key.SequenceEqual("prompt_tokens"u8) || key.SequenceEqual("input_tokens"u8)) Count(ref json, ref _prompt);
            else if (key.SequenceEqual("completion_tokens"u8) || key.SequenceEqual("output_tokens"u8)) Count(ref json, ref _completion);
            else if (key.SequenceEqual("prompt_tokens_details"u8) || key.SequenceEqual("input_tokens_details"u8)) ReadInputDetails(ref json);
            else if (key.SequenceEqual("completion_tokens_details"u8) || key.SequenceEqual("output_tokens_details"u8)) ReadOutputDetails(ref json);
            else if (key.SequenceEqual("total_tokens"u8)) Count(ref json, ref _total);
            else json.Skip();
        }
    }

    private void ReadInputDetails(ref JsonCursor json)
    {
        if (!json.EnterObject()) return;
        while (json.NextKey(out var key))
        {
            if (key.SequenceEqual("cached_tokens"u8)) Count(ref json, ref _cached);
            else if (key.SequenceEqual("cache_write_tokens"u8)) Count(ref json, ref _written);
            else if (key.SequenceEqual("cache_write_tokens_details"u8)) ReadWriteDetails(ref json);
            else if (key.SequenceEqual("audio_tokens"u8)) Count(ref json, ref _audioInput);
            else if (key.SequenceEqual("image_tokens"u8)) Count(ref json, ref _imageInput);
            else if (key.EndsWith("_tokens"u8) && !key.SequenceEqual("text_tokens"u8)) _unknownInput += json.ReadCountOrZero();
            else json.Skip();
        }
    }

    private void ReadWriteDetails(ref JsonCursor json)
    {
        if (!json.EnterObject()) return;
        while (json.NextKey(out var key))
        {
            if (key.SequenceEqual("ttl_12h_tokens"u8)) Count(ref json, ref _writtenLong);
            else json.Skip();
        }
    }

    private void ReadOutputDetails(ref JsonCursor json)
    {
        if (!json.EnterObject()) return;
        while (json.NextKey(out var key))
        {
            if (key.SequenceEqual("reasoning_tokens"u8)) Count(ref json, ref _reasoning);
            else if (key.SequenceEqual("audio_tokens"u8)) Count(ref json, ref _audioOutput);
            else if (key.SequenceEqual("image_tokens"u8)) Count(ref json, ref _imageOutput);
            else if (key.EndsWith("_tokens"u8) && !IsPlainOutput(key)) _unknownOutput += json.ReadCountOrZero();
            else json.Skip();
        }
    }

    private void Count(ref JsonCursor json, ref long? count) => _malformed |= !json.ReadCount(ref count);

    /// <summary>Text, and predictions whether they were taken or not, are output like any other.</summary>
    private static bool IsPlainOutput(ReadOnlySpan<byte> key) => key.SequenceEqual("text_tokens"u8) || key.SequenceEqual("accepted_prediction_tokens"u8)
        || key.SequenceEqual("rejected_prediction_tokens"u8);

    private readonly Usage? ToUsage(CacheWrite longestTtl, out UnknownTokens unknown)
    {
        unknown = default;
        if (_malformed || _prompt is not { } prompt || _completion is not { } output) return null;
        // A total above its parts holds tokens that no part names.
        var unnamed = Math.Max((_total ?? 0) - prompt - output - Aside(prompt, output), 0);
        output += unnamed;
        var written = _written ?? 0;
        var writtenLong = _writtenLong ?? (longestTtl == CacheWrite.Long ? written : 0);
        var writtenShort = Math.Max(written - writtenLong, 0);
        unknown = new UnknownTokens(_unknownInput, _unknownOutput + unnamed);
        var (cached, reasoning) = (_cached ?? 0, _reasoning ?? 0);
        // Parts that are more than their whole can't be within it: servers that only speak OpenAI's language may count them beside it, the dearer reading.
        if (cached + writtenShort + writtenLong > prompt) prompt += cached + writtenShort + writtenLong;
        if (reasoning > output - unnamed) output += reasoning;
        var usage = Usage.Inclusive(prompt, cached, writtenShort, writtenLong, output, reasoning);
        var audio = Math.Min(_audioInput ?? 0, usage.Input);
        return usage with
        {
            AudioInput = audio,
            ImageInput = Math.Min(_imageInput ?? 0, usage.Input - audio),
            AudioOutput = Math.Min(_audioOutput ?? 0, usage.Output),
            ImageOutput = Math.Clamp(_imageOutput ?? 0, 0, usage.Output - Math.Min(_audioOutput ?? 0, usage.Output)),
        };
    }

    /// <summary>Tokens that the parts below count beside prompt and output, and a total may hold too.</summary>
    private readonly long Aside(long prompt, long output)
    {
        var cache = (_cached ?? 0) + (_written ?? 0);
        return (cache > prompt ? cache : 0) + (_reasoning > output ? _reasoning.Value : 0);
    }
}
