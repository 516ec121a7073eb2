using System.Diagnostics.CodeAnalysis;

namespace BudgetProxy.Core.Requests;

/// <summary>Reads <c>POST /v1/messages</c> of Anthropic. The README of this folder lists what becomes of each field.</summary>
public static class AnthropicMessagesReader
{
    private const string ServerSide = "This runs on the provider's side and its cost can't be bounded from the body.";

    /// <summary>Fills <paramref name="request"/> from <paramref name="body"/>; false = the body is to be refused with 400.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, ProviderRequest request, [NotNullWhen(false)] out RequestError? error) =>
        RequestReader.TryRead(body, request, Read, out error);

    private static void Read(ref BodyCursor cursor, ProviderRequest request)
    {
        var hasMessages = false;
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("messages"u8))
                hasMessages = AnthropicContent.ReadMessages(ref cursor, request);
            else if (ReadLimit(ref cursor, request) || ReadPrompt(ref cursor, request))
                continue;
            else if (IsNeutral(cursor.Key))
                CommonFields.ReadNeutral(ref cursor, request, cursor.IsArray ? CommonFields.ListBytes : CommonFields.SmallBytes);
            else
                CommonFields.ReadUnknown(ref cursor, request);
        }

        CommonFields.RequireModel(ref cursor, request);
        if (!hasMessages)
            cursor.FailAt("messages", "Messages are required: an array of objects.");
        if (request.OutputLimit is null)
            cursor.FailAt("max_tokens", "max_tokens is required: a whole number of at least 0.");
        // With interleaved thinking it may be more than one answer's limit, and is then no part of it.
        if (request.LimitPlace.ThinkingTokens >= request.OutputLimit)
            request.LimitPlace = request.LimitPlace with { Thinking = default };
    }

    private static bool ReadLimit(ref BodyCursor cursor, ProviderRequest request)
    {
        if (cursor.KeyIs("model"u8))
            CommonFields.ReadModel(ref cursor, request);
        else if (cursor.KeyIs("max_tokens"u8))
        {
            request.LimitPlace = request.LimitPlace with { Value = cursor.TokenSpan };
            request.OutputLimit = cursor.WholeNumber(0);
        }
        else if (cursor.KeyIs("stream"u8))
            CommonFields.ReadStream(ref cursor, request);
        else if (cursor.KeyIs("metadata"u8))
            ReadMetadata(ref cursor, request);
        else if (cursor.KeyIs("speed"u8))
            ReadSpeed(ref cursor, request);
        else if (cursor.KeyIs("service_tier"u8))
            ReadTier(ref cursor);
        else if (cursor.KeyIs("inference_geo"u8))
            ReadRegion(ref cursor, request);
        else if (cursor.KeyIs("thinking"u8))
            ReadThinking(ref cursor, request);
        else
            return false;
        return true;
    }

    private static bool ReadPrompt(ref BodyCursor cursor, ProviderRequest request)
    {
        if (cursor.KeyIs("system"u8))
            ReadSystem(ref cursor, request);
        else if (cursor.KeyIs("tools"u8))
            AnthropicTools.Read(ref cursor, request);
        else if (cursor.KeyIs("tool_choice"u8))
            AnthropicTools.ReadChoice(ref cursor, request);
        else if (cursor.KeyIs("cache_control"u8))
            CommonFields.ReadCacheMarker(ref cursor, request);
        else if (cursor.KeyIs("output_config"u8))
            ReadOutputConfig(ref cursor, request);
        else if (cursor.KeyIs("output_format"u8))
            ReadSchema(ref cursor, request);
        else if (cursor.KeyIs("context_management"u8))
            ReadContextManagement(ref cursor, request);
        else if (cursor.KeyIs("mcp_servers"u8) || cursor.KeyIs("container"u8) || cursor.KeyIs("fallbacks"u8))
            CommonFields.RefusePresent(ref cursor, ServerSide);
        else
            return false;
        return true;
    }

    private static void ReadSystem(ref BodyCursor cursor, ProviderRequest request)
    {
        request.Blocks.Section = PromptSection.System;
        AnthropicContent.Read(ref cursor, request);
    }

    private static void ReadMetadata(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectObject())
            return;
        var start = cursor.Position;
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("user_id"u8))
                request.User = cursor.Text(CommonFields.MaxUserBytes);
            else
                cursor.Skip();
        }

        CommonFields.CountAbove(ref cursor, request, start, CommonFields.MaxUserBytes + CommonFields.SmallBytes);
    }

    private static void ReadSpeed(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectString())
            return;
        request.TierNamed = true;
        if (cursor.ValueIs("fast"u8))
            request.ServiceTier = ServiceTier.Fast;
        else if (!cursor.ValueIs("standard"u8))
            cursor.Fail("This speed has no price: use standard or fast.");
    }

    // Both values cost the list price: Priority Tier is no longer sold (Anthropic pricing page, 2026-11).
    private static void ReadTier(ref BodyCursor cursor)
    {
        if (cursor.ExpectString() && !cursor.ValueIs("auto"u8) && !cursor.ValueIs("standard_only"u8))
            cursor.Fail("This service tier has no price: use auto or standard_only.");
    }

    private static void ReadRegion(ref BodyCursor cursor, ProviderRequest request)
    {
        request.RegionNamed = cursor.ExpectString();
        request.Regional = request.RegionNamed && !cursor.ValueIs("global"u8);
        CommonFields.ReadNeutral(ref cursor, request);
    }

    private static void ReadThinking(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectObject())
            return;
        var start = cursor.Position;
        request.Blocks.Section = PromptSection.Settings;
        request.Blocks.Open(request, start);
        request.HiddenReasoning = true;
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("type"u8))
                request.HiddenReasoning = !cursor.ValueIs("disabled"u8);
            else if (cursor.KeyIs("budget_tokens"u8) && cursor.IsNumber && JsonNumber.TryWhole(cursor.Raw, out var tokens))
                request.LimitPlace = request.LimitPlace with { Thinking = cursor.TokenSpan, ThinkingTokens = tokens };
            cursor.Skip();
        }

        CommonFields.CountAbove(ref cursor, request, start);
        request.Blocks.Close(request, cursor.End);
    }

    private static void ReadOutputConfig(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectObject())
            return;
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("format"u8))
                ReadSchema(ref cursor, request);
            else if (cursor.KeyIs("effort"u8) && cursor.ExpectString())
                CommonFields.ReadNeutral(ref cursor, request);
            else
                CommonFields.CountOpaque(ref cursor, request);
        }
    }

    private static void ReadSchema(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectObject())
            return;
        request.Blocks.Section = PromptSection.Schema;
        request.Blocks.Open(request, cursor.Position);
        request.Content.Add(cursor.RawSpan(ContentKind.ResponseSchema));
        request.Blocks.Close(request, cursor.End);
    }

    // Edits that clear old content only take tokens away; compaction runs the model once more, beyond max_tokens.
    private static void ReadContextManagement(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectObject())
            return;
        var start = cursor.Position;
        while (cursor.NextProperty())
        {
            if (!cursor.KeyIs("edits"u8))
                cursor.Skip();
            else if (cursor.ExpectArray())
            {
                while (cursor.NextElement())
                    ReadEdit(ref cursor, request);
            }
        }

        CommonFields.CountAbove(ref cursor, request, start);
    }

    private static void ReadEdit(ref BodyCursor cursor, ProviderRequest request)
    {
        var clears = false;
        if (!cursor.ExpectObject())
            cursor.Fail("An edit must be an object.");
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("type"u8))
                clears = cursor.IsString && cursor.Raw.StartsWith("clear_"u8);
            cursor.Skip();
        }

        request.Incomparable = true;
        if (!clears)
            cursor.FailAt("type", ServerSide);
    }

    // Fields that can't put tokens into the prompt, nor change a price.
    private static bool IsNeutral(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("temperature"u8) || key.SequenceEqual("top_p"u8) || key.SequenceEqual("top_k"u8) || key.SequenceEqual("stop_sequences"u8)
        || key.SequenceEqual("user_profile_id"u8) || key.SequenceEqual("workspace_id"u8);
}
