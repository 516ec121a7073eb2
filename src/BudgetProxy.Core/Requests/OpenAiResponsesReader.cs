using System.Diagnostics.CodeAnalysis;

namespace BudgetProxy.Core.Requests;

/// <summary>Reads <c>POST /v1/responses</c> of OpenAI. The README of this folder lists what becomes of each field.</summary>
public static class OpenAiResponsesReader
{
    /// <summary>What a format other than text adds to the prompt at most, in tokens: undocumented, as for chat.</summary>
    private const int JsonModeTokens = 10;

    private static readonly byte[] LimitField = "\"max_output_tokens\":"u8.ToArray();

    /// <summary>Fills <paramref name="request"/> from <paramref name="body"/>; false = the body is to be refused with 400.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, ProviderRequest request, [NotNullWhen(false)] out RequestError? error) =>
        RequestReader.TryRead(body, request, Read, out error);

    private static void Read(ref BodyCursor cursor, ProviderRequest request)
    {
        var fields = new OpenAiFields { Inside = cursor.End };
        long? maxToolCalls = null;
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("max_tool_calls"u8))
                maxToolCalls = cursor.WholeNumber(0);
            else if (cursor.KeyIs("truncation"u8))
                ReadTruncation(ref cursor, request);
            else if (ReadLimit(ref cursor, request, ref fields) || ReadPrompt(ref cursor, request, ref fields) || ReadRefused(ref cursor, request))
                continue;
            else if (IsNeutral(cursor.Key))
                CommonFields.ReadNeutral(ref cursor, request, cursor.KeyIs("metadata"u8) || cursor.KeyIs("include"u8) ? CommonFields.ListBytes : CommonFields.SmallBytes);
            else
                CommonFields.ReadUnknown(ref cursor, request);
        }

        Conclude(ref cursor, request, fields, maxToolCalls);
    }

    private static bool ReadLimit(ref BodyCursor cursor, ProviderRequest request, ref OpenAiFields fields)
    {
        if (cursor.KeyIs("model"u8))
            CommonFields.ReadModel(ref cursor, request);
        else if (cursor.KeyIs("stream"u8))
            CommonFields.ReadStream(ref cursor, request);
        else if (cursor.KeyIs("max_output_tokens"u8))
            fields.ReadMaxTokens(ref cursor, 1);
        else if (cursor.KeyIs("service_tier"u8))
            OpenAiChatReader.ReadTier(ref cursor, request);
        else if (cursor.KeyIs("safety_identifier"u8))
            fields.SafetyIdentifier = cursor.Text(CommonFields.MaxUserBytes);
        else if (cursor.KeyIs("user"u8))
            fields.User = cursor.Text(CommonFields.MaxUserBytes);
        else if (cursor.KeyIs("prompt_cache_options"u8))
            OpenAiChatReader.ReadCacheOptions(ref cursor, request, ref fields);
        else if (cursor.KeyIs("prompt_cache_key"u8) || cursor.KeyIs("prompt_cache_retention"u8))
            CommonFields.ReadCacheHint(ref cursor, request);
        else if (cursor.KeyIs("reasoning"u8))
            ReadReasoning(ref cursor, request);
        else
            return false;
        return true;
    }

    private static bool ReadPrompt(ref BodyCursor cursor, ProviderRequest request, ref OpenAiFields fields)
    {
        if (cursor.KeyIs("input"u8))
            fields.HasMessages |= OpenAiResponsesInput.Read(ref cursor, request);
        else if (cursor.KeyIs("instructions"u8))
        {
            request.Messages += cursor.IsNull ? 0 : 1;
            request.Blocks.Section = PromptSection.System;
            request.Blocks.Open(request, cursor.Position);
            CommonFields.CountString(ref cursor, request, ContentKind.Text);
            request.Blocks.Close(request, cursor.End);
        }
        else if (cursor.KeyIs("tools"u8))
            OpenAiResponsesTools.Read(ref cursor, request);
        else if (cursor.KeyIs("tool_choice"u8))
            OpenAiChatTools.ReadChoice(ref cursor, request);
        else if (cursor.KeyIs("text"u8))
            ReadText(ref cursor, request);
        else if (cursor.KeyIs("previous_response_id"u8) || cursor.KeyIs("conversation"u8))
        {
            fields.HasMessages |= !cursor.IsNull;
            ReadStored(ref cursor, request);
        }
        else
            return false;
        return true;
    }

    private static bool ReadRefused(ref BodyCursor cursor, ProviderRequest request)
    {
        if (cursor.KeyIs("prompt"u8))
            CommonFields.RefusePresent(ref cursor, "A stored prompt can't be counted from the body: send its text.");
        else if (cursor.KeyIs("context_management"u8))
            CommonFields.RefusePresent(ref cursor, "Compaction on the provider's side can't be bounded from the body.");
        else if (cursor.KeyIs("audio"u8) || cursor.KeyIs("image"u8) || cursor.KeyIs("modalities"u8))
            CommonFields.RefusePresent(ref cursor, "Only text output is metered.");
        else if (cursor.KeyIs("background"u8))
        {
            if (cursor.Flag() is true)
                cursor.Fail("A response in the background tells its usage to nobody here: leave it out.");
        }
        else
            return false;
        return true;
    }

    private static void Conclude(ref BodyCursor cursor, ProviderRequest request, in OpenAiFields fields, long? maxToolCalls)
    {
        CommonFields.RequireModel(ref cursor, request);
        if (!fields.HasMessages)
            cursor.FailAt("input", "An input is required: a string or an array of items.");
        request.OutputLimit = fields.MaxTokens;
        request.LimitPlace = fields.LimitPlace(LimitField);
        fields.Conclude(request);
        // The limit is one for all built-in tools together; 0 leaves them unused.
        if (maxToolCalls is not { } most)
            return;
        if (request.ServerToolCalls > 0)
        {
            request.ServerToolCalls = 0;
            CommonFields.AddServerToolCalls(request, most);
        }

        if (request.FileSearches > 0)
            request.FileSearches = (int)Math.Min(most, CommonFields.MaxServerToolCalls);
        request.CodeSessions = (int)Math.Min(most, request.CodeSessions);
    }

    // The provider may drop old items, so that its count says nothing of the texts.
    private static void ReadTruncation(ref BodyCursor cursor, ProviderRequest request)
    {
        request.Incomparable |= !cursor.IsNull && !cursor.ValueIs("disabled"u8);
        CommonFields.ReadNeutral(ref cursor, request);
    }

    private static void ReadReasoning(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectObject())
            return;
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("effort"u8))
                request.HiddenReasoning = cursor.ExpectString() && !cursor.ValueIs("none"u8);
            if (cursor.KeyIs("mode"u8) && !cursor.IsNull && !cursor.ValueIs("standard"u8))
                cursor.Fail("Only the standard mode is metered: another bills work that the output limit does not bound.");
            CommonFields.ReadNeutral(ref cursor, request, freeBytes: 64);
        }
    }

    private static void ReadText(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectObject())
            return;
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("format"u8))
                ReadFormat(ref cursor, request);
            else
                CommonFields.ReadNeutral(ref cursor, request);
        }
    }

    // {type: text | json_object}, or {type: json_schema, name, schema, …}, whose whole is counted.
    private static void ReadFormat(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectObject())
            return;
        var start = cursor.Position;
        request.Blocks.Section = PromptSection.Schema;
        request.Blocks.Open(request, start);
        var (plain, alone) = (false, true);
        while (cursor.NextProperty())
        {
            var isType = cursor.KeyIs("type"u8);
            plain |= isType && cursor.ValueIs("text"u8);
            alone &= isType && (plain || cursor.ValueIs("json_object"u8));
            cursor.Skip();
        }

        request.AllowanceTokens += plain ? 0 : JsonModeTokens;
        if (!alone && !cursor.Failed)
            request.Content.Add(new ContentSpan(start, cursor.End - start, ContentKind.ResponseSchema));
        request.Blocks.Close(request, cursor.End);
    }

    private static void ReadStored(ref BodyCursor cursor, ProviderRequest request)
    {
        if (cursor.IsNull)
            return;
        CommonFields.AddUnseen(ref cursor, request, UnseenItem.PreviousResponse, "What the provider stored can't be counted from the body: send the conversation in input.");
        // It stands before the input, whatever is in it.
        request.Blocks.Section = PromptSection.Settings;
        request.Blocks.Open(request, cursor.Position);
        CommonFields.ReadNeutral(ref cursor, request);
        request.Blocks.Close(request, cursor.End);
    }

    // Fields that can't put tokens into the prompt, nor change a price.
    private static bool IsNeutral(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("temperature"u8) || key.SequenceEqual("top_p"u8) || key.SequenceEqual("top_logprobs"u8) || key.SequenceEqual("metadata"u8)
        || key.SequenceEqual("include"u8) || key.SequenceEqual("store"u8) || key.SequenceEqual("stream_options"u8)
        || key.SequenceEqual("parallel_tool_calls"u8) || key.SequenceEqual("moderation"u8);
}
