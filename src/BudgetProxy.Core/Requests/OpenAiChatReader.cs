using System.Diagnostics.CodeAnalysis;

namespace BudgetProxy.Core.Requests;

/// <summary>Reads <c>POST /v1/chat/completions</c> of OpenAI and of servers that speak its format. The README of this folder lists what becomes of each field.</summary>
public static class OpenAiChatReader
{
    /// <summary>Answers of one call at most, OpenAI's own limit of <c>n</c>.</summary>
    public const int MaxChoices = 128;

    /// <summary>What <c>response_format: json_object</c> adds to the prompt at most, in tokens: undocumented, seen as 0 to 10.</summary>
    private const int JsonModeTokens = 10;

    private static readonly byte[] LimitField = "\"max_completion_tokens\":"u8.ToArray();

    /// <summary>Fills <paramref name="request"/> from <paramref name="body"/>; false = the body is to be refused with 400.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, ProviderRequest request, [NotNullWhen(false)] out RequestError? error) =>
        RequestReader.TryRead(body, request, Read, out error);

    private static void Read(ref BodyCursor cursor, ProviderRequest request)
    {
        var fields = new OpenAiFields { UsageSplice = OpenAiStreamOptions.InsertWhole(cursor.End), Inside = cursor.End };
        while (cursor.NextProperty())
        {
            if (ReadLimit(ref cursor, request, ref fields) || ReadPrompt(ref cursor, request, ref fields))
                continue;
            if (IsNeutral(cursor.Key))
                CommonFields.ReadNeutral(ref cursor, request, IsList(cursor.Key) ? CommonFields.ListBytes : CommonFields.SmallBytes);
            else
                CommonFields.ReadUnknown(ref cursor, request);
        }

        Conclude(ref cursor, request, fields);
    }

    private static bool ReadLimit(ref BodyCursor cursor, ProviderRequest request, ref OpenAiFields fields)
    {
        if (cursor.KeyIs("model"u8))
            CommonFields.ReadModel(ref cursor, request);
        else if (cursor.KeyIs("stream"u8))
            CommonFields.ReadStream(ref cursor, request);
        else if (cursor.KeyIs("stream_options"u8))
            ReadStreamOptions(ref cursor, request, ref fields);
        else if (cursor.KeyIs("max_tokens"u8))
            fields.ReadMaxTokens(ref cursor, 1);
        else if (cursor.KeyIs("max_completion_tokens"u8))
            fields.ReadMaxCompletionTokens(ref cursor);
        else if (cursor.KeyIs("n"u8))
            ReadChoices(ref cursor, request);
        else if (cursor.KeyIs("service_tier"u8))
            ReadTier(ref cursor, request);
        else if (cursor.KeyIs("safety_identifier"u8))
            fields.SafetyIdentifier = cursor.Text(CommonFields.MaxUserBytes);
        else if (cursor.KeyIs("user"u8))
            fields.User = cursor.Text(CommonFields.MaxUserBytes);
        else if (cursor.KeyIs("reasoning_effort"u8))
            ReadEffort(ref cursor, request);
        else if (cursor.KeyIs("prompt_cache_options"u8))
            ReadCacheOptions(ref cursor, request, ref fields);
        else if (cursor.KeyIs("prompt_cache_key"u8) || cursor.KeyIs("prompt_cache_retention"u8))
            CommonFields.ReadCacheHint(ref cursor, request);
        else
            return false;
        return true;
    }

    private static bool ReadPrompt(ref BodyCursor cursor, ProviderRequest request, ref OpenAiFields fields)
    {
        if (cursor.KeyIs("messages"u8))
            fields.HasMessages = OpenAiChatMessages.Read(ref cursor, request);
        else if (cursor.KeyIs("tools"u8))
            OpenAiChatTools.Read(ref cursor, request);
        else if (cursor.KeyIs("functions"u8))
            OpenAiChatTools.ReadFunctions(ref cursor, request);
        else if (cursor.KeyIs("tool_choice"u8) || cursor.KeyIs("function_call"u8))
            OpenAiChatTools.ReadChoice(ref cursor, request);
        else if (cursor.KeyIs("response_format"u8))
            ReadResponseFormat(ref cursor, request);
        else if (cursor.KeyIs("prediction"u8))
            ReadPrediction(ref cursor, request);
        else if (cursor.KeyIs("web_search_options"u8))
            ReadWebSearch(ref cursor, request);
        else if (cursor.KeyIs("audio"u8))
            ReadVoice(ref cursor, request);
        else if (cursor.KeyIs("modalities"u8))
            ReadModalities(ref cursor, request);
        else
            return false;
        return true;
    }

    private static void Conclude(ref BodyCursor cursor, ProviderRequest request, in OpenAiFields fields)
    {
        CommonFields.RequireModel(ref cursor, request);
        if (!fields.HasMessages)
            cursor.FailAt("messages", "Messages are required: an array of objects.");
        if (fields.MaxTokens is { } old && fields.MaxCompletionTokens is { } current && old != current)
            cursor.FailAt("max_tokens", "max_tokens and max_completion_tokens differ: send one of them.");

        request.OutputLimit = fields.MaxCompletionTokens ?? fields.MaxTokens;
        request.LimitPlace = fields.LimitPlace(LimitField);
        fields.Conclude(request);
        if (request.Stream)
            request.UsageSplice = fields.UsageSplice;
    }

    private static void ReadChoices(ref BodyCursor cursor, ProviderRequest request)
    {
        var choices = cursor.WholeNumber(1) ?? 1;
        if (choices > MaxChoices)
            cursor.Fail($"Must be at most {MaxChoices}.");
        else
            request.Choices = (int)choices;
    }

    internal static void ReadTier(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectString() || cursor.ValueIs("auto"u8))
            return;
        request.TierNamed = true;
        if (cursor.ValueIs("flex"u8))
            request.ServiceTier = ServiceTier.Flex;
        else if (cursor.ValueIs("priority"u8) || cursor.ValueIs("fast"u8))
            request.ServiceTier = ServiceTier.Fast;
        else if (!cursor.ValueIs("default"u8) && !cursor.ValueIs("scale"u8))
            cursor.Fail("This service tier has no price: use auto, default, flex, priority, fast or scale.");
    }

    internal static void ReadStreamOptions(ref BodyCursor cursor, ProviderRequest request, ref OpenAiFields fields)
    {
        var start = cursor.Position;
        fields.UsageSplice = OpenAiStreamOptions.Read(ref cursor, fields.UsageSplice);
        CommonFields.CountAbove(ref cursor, request, start);
    }

    private static void ReadEffort(ref BodyCursor cursor, ProviderRequest request)
    {
        request.HiddenReasoning = cursor.ExpectString() && !cursor.ValueIs("none"u8);
        CommonFields.ReadNeutral(ref cursor, request);
    }

    internal static void ReadCacheOptions(ref BodyCursor cursor, ProviderRequest request, ref OpenAiFields fields)
    {
        if (!cursor.ExpectObject())
            return;
        var start = cursor.Position;
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("mode"u8))
                fields.ExplicitCache = cursor.ExpectString() && cursor.ValueIs("explicit"u8);
            else if (cursor.KeyIs("ttl"u8) && !cursor.IsNull)
                fields.CacheLifetime = CommonFields.ReadLifetime(ref cursor);
            else
                cursor.Skip();
        }

        CommonFields.CountAbove(ref cursor, request, start);
    }

    private static void ReadResponseFormat(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectObject())
            return;
        request.Blocks.Section = PromptSection.Schema;
        request.Blocks.Open(request, cursor.Position);
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("type"u8))
            {
                request.AllowanceTokens += cursor.ExpectString() && cursor.ValueIs("text"u8) ? 0 : JsonModeTokens;
                CommonFields.ReadNeutral(ref cursor, request);
            }
            else if (!cursor.IsNull)
                request.Content.Add(cursor.RawSpan(ContentKind.ResponseSchema));
        }

        request.Blocks.Close(request, cursor.End);
    }

    private static void ReadPrediction(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectObject())
            return;
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("type"u8))
                CommonFields.ReadNeutral(ref cursor, request);
            else if (!cursor.KeyIs("content"u8))
                CommonFields.CountOpaque(ref cursor, request);
            else if (cursor.IsString)
                CommonFields.CountString(ref cursor, request, ContentKind.Prediction);
            else if (cursor.ExpectArray())
                ReadPredictionParts(ref cursor, request);
        }
    }

    private static void ReadPredictionParts(ref BodyCursor cursor, ProviderRequest request)
    {
        while (cursor.NextElement())
        {
            if (!cursor.ExpectObject())
                cursor.Fail("Must be an object.");
            while (cursor.NextProperty())
            {
                if (cursor.KeyIs("text"u8))
                    CommonFields.CountString(ref cursor, request, ContentKind.Prediction);
                else if (cursor.KeyIs("type"u8))
                    CommonFields.ReadNeutral(ref cursor, request);
                else
                    CommonFields.CountOpaque(ref cursor, request);
            }
        }
    }

    // {search_context_size, user_location}
    private static void ReadWebSearch(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectObject())
            return;
        CommonFields.AddUnseen(ref cursor, request, UnseenItem.ServerTool, "Web search runs on the provider's side and its cost can't be bounded from the body.");
        CommonFields.AddServerToolCalls(request, calls: null);
        CommonFields.CountOpaque(ref cursor, request);
    }

    private static void ReadModalities(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectArray())
            return;
        while (cursor.NextElement())
        {
            if (cursor.ValueIs("audio"u8))
                request.AudioOutput = true;
            else if (!cursor.ValueIs("text"u8))
                cursor.Fail("Only text and audio output is metered.");
        }
    }

    // {voice, format}. Spoken tokens are within the output limit as written ones are (OpenAI API reference, chat, 2026-08).
    private static void ReadVoice(ref BodyCursor cursor, ProviderRequest request)
    {
        if (cursor.ExpectObject())
            CommonFields.ReadNeutral(ref cursor, request);
    }

    private static bool IsList(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("stop"u8) || key.SequenceEqual("metadata"u8) || key.SequenceEqual("logit_bias"u8);

    // Fields that can't put tokens into the prompt, nor change a price.
    private static bool IsNeutral(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("temperature"u8) || key.SequenceEqual("top_p"u8) || key.SequenceEqual("stop"u8) || key.SequenceEqual("seed"u8)
        || key.SequenceEqual("frequency_penalty"u8) || key.SequenceEqual("presence_penalty"u8) || key.SequenceEqual("logit_bias"u8)
        || key.SequenceEqual("logprobs"u8) || key.SequenceEqual("top_logprobs"u8) || key.SequenceEqual("metadata"u8)
        || key.SequenceEqual("parallel_tool_calls"u8) || key.SequenceEqual("store"u8) || key.SequenceEqual("verbosity"u8)
        || key.SequenceEqual("moderation"u8);
}
