namespace BudgetProxy.Core.Requests;

/// <summary>
/// Reads the <c>input</c> of an OpenAI responses body. Items and parts are read by their fields, in whatever order they stand; a <c>type</c> that is not
/// listed here is refused, since it may stand for content that lies elsewhere.
/// </summary>
internal static class OpenAiResponsesInput
{
    private const string Elsewhere = "This item names content that the provider stored and the body does not hold: send the content itself.";

    /// <summary>True when there was an input.</summary>
    public static bool Read(ref BodyCursor cursor, ProviderRequest request)
    {
        request.Blocks.Section = PromptSection.Messages;
        if (cursor.IsString)
        {
            request.Messages++;
            request.Blocks.Open(request, cursor.Position);
            CommonFields.CountString(ref cursor, request, ContentKind.Text);
            request.Blocks.Close(request, cursor.End);
            return true;
        }

        if (!cursor.ExpectArray())
            return false;
        while (cursor.NextElement())
        {
            request.Blocks.Open(request, cursor.Position);
            if (!cursor.ExpectObject())
                cursor.Fail("An item must be an object.");
            else
                ReadItem(ref cursor, request);
            request.Blocks.Close(request, cursor.End);
        }

        return true;
    }

    private static void ReadItem(ref BodyCursor cursor, ProviderRequest request)
    {
        request.Messages++;
        var kind = OpenAiItemKind.None;
        var (hasRole, hasId, isSealed, hasText, isEmpty) = (false, false, false, false, true);
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("type"u8))
                kind = ReadKind(ref cursor);
            else if (cursor.KeyIs("role"u8))
                hasRole = ReadRole(ref cursor);
            else if (cursor.KeyIs("encrypted_content"u8))
            {
                isSealed |= cursor.IsString && !cursor.Raw.IsEmpty;
                CommonFields.CountString(ref cursor, request, ContentKind.Encrypted);
            }
            else if (cursor.KeyIs("content"u8) || cursor.KeyIs("summary"u8))
            {
                var (isContent, before, images) = (cursor.KeyIs("content"u8), request.Content.Count, request.Images.Count);
                CommonFields.ReadContent(ref cursor, request, ReadPart);
                hasText |= isContent && HoldsText(request, before);
                isEmpty &= before == request.Content.Count && images == request.Images.Count;
            }
            else if (cursor.KeyIs("output"u8))
            {
                isEmpty &= cursor.IsNull;
                CommonFields.ReadContent(ref cursor, request, ReadPart);
            }
            else if (cursor.KeyIs("prompt_cache_breakpoint"u8))
                CommonFields.ReadCacheMarker(ref cursor, request);
            else if (cursor.KeyIs("id"u8) || cursor.KeyIs("call_id"u8))
            {
                hasId |= cursor.KeyIs("id"u8) && !cursor.IsNull;
                CommonFields.CountString(ref cursor, request, ContentKind.ToolCallId);
            }
            else if (cursor.KeyIs("name"u8) || cursor.KeyIs("arguments"u8) || cursor.KeyIs("input"u8))
            {
                isEmpty &= cursor.IsNull;
                CommonFields.CountString(ref cursor, request, ContentKind.ToolCall);
            }
            else if (!cursor.KeyIs("status"u8) || !IsStatus(ref cursor))
                CommonFields.CountOpaque(ref cursor, request);
        }

        // Beside an id, a reasoning's text alone, or nothing at all, may stand for more that the provider stored.
        Conclude(ref cursor, request, kind, hasRole, kind == OpenAiItemKind.Reasoning ? isSealed || (hasText && !hasId) : !hasId || !isEmpty);
    }

    private static bool HoldsText(ProviderRequest request, int from)
    {
        for (var i = from; i < request.Content.Count; i++)
        {
            if (request.Content[i] is { Kind: ContentKind.Text, Length: > 0 })
                return true;
        }

        return false;
    }

    private static void Conclude(ref BodyCursor cursor, ProviderRequest request, OpenAiItemKind kind, bool hasRole, bool holds)
    {
        request.ToolCalls += kind == OpenAiItemKind.Call ? 1 : 0;
        // An item without a type is a message if it has a role, and else a reference by id.
        if (kind == OpenAiItemKind.Reference || (kind == OpenAiItemKind.None && !hasRole) || (kind != OpenAiItemKind.Hosted && !holds))
            CommonFields.AddUnseenAt(ref cursor, request, UnseenItem.PreviousResponse, "type", kind == OpenAiItemKind.Reasoning
                ? "Reasoning by its id alone can't be counted: ask for reasoning.encrypted_content in include, and send that."
                : Elsewhere);
        else if (kind == OpenAiItemKind.Hosted)
            CommonFields.AddUnseenAt(ref cursor, request, UnseenItem.ServerTool, "type", "What this search found can't be counted from the body.");
    }

    private static OpenAiItemKind ReadKind(ref BodyCursor cursor)
    {
        if (cursor.IsNull)
            return OpenAiItemKind.None;
        if (cursor.ValueIs("message"u8) || cursor.ValueIs("function_call_output"u8) || cursor.ValueIs("custom_tool_call_output"u8))
            return OpenAiItemKind.Plain;
        if (cursor.ValueIs("function_call"u8) || cursor.ValueIs("custom_tool_call"u8))
            return OpenAiItemKind.Call;
        if (cursor.ValueIs("reasoning"u8))
            return OpenAiItemKind.Reasoning;
        if (cursor.ValueIs("web_search_call"u8))
            return OpenAiItemKind.Hosted;
        if (cursor.ValueIs("item_reference"u8))
            return OpenAiItemKind.Reference;
        cursor.Fail("This kind of item is not metered: use message, function_call, function_call_output, custom_tool_call, custom_tool_call_output, reasoning or web_search_call.");
        return OpenAiItemKind.None;
    }

    private static bool ReadRole(ref BodyCursor cursor)
    {
        if (cursor.ValueIs("user"u8) || cursor.ValueIs("assistant"u8) || cursor.ValueIs("system"u8) || cursor.ValueIs("developer"u8))
            return true;
        cursor.Fail("Must be one of system, developer, user, assistant.");
        return false;
    }

    private static bool IsStatus(ref BodyCursor cursor) =>
        cursor.ValueIs("completed"u8) || cursor.ValueIs("in_progress"u8) || cursor.ValueIs("incomplete"u8);

    private static void ReadPart(ref BodyCursor cursor, ProviderRequest request)
    {
        var (isImage, hasImage, inBody, hasFile) = (false, false, false, false);
        var (width, height) = (0, 0);
        var detail = ImageDetail.Auto;
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("type"u8))
                isImage = ReadPartType(ref cursor);
            else if (cursor.KeyIs("text"u8) || cursor.KeyIs("refusal"u8) || cursor.KeyIs("filename"u8))
                CommonFields.CountString(ref cursor, request, ContentKind.Text);
            else if (cursor.KeyIs("image_url"u8) && cursor.ExpectString())
            {
                (hasImage, inBody) = (true, ImageHeader.IsDataUrl(cursor.Raw));
                (width, height) = ImageHeader.ReadDataUrl(cursor.Raw);
            }
            else if (cursor.KeyIs("detail"u8))
                detail = OpenAiChatMessages.ReadDetail(ref cursor);
            else if (cursor.KeyIs("file_id"u8) && cursor.ExpectString())
            {
                hasFile = true;
                CommonFields.ReadNeutral(ref cursor, request);
            }
            else if (cursor.KeyIs("file_url"u8) && cursor.ExpectString())
            {
                CommonFields.AddUnseen(ref cursor, request, UnseenItem.FileUrl, "A remote file can't be bounded from the body: send it as file_data.");
                CommonFields.ReadNeutral(ref cursor, request, CommonFields.ListBytes);
            }
            else if (cursor.KeyIs("file_data"u8))
                OpenAiChatMessages.ReadFileData(ref cursor, request);
            else if (cursor.KeyIs("prompt_cache_breakpoint"u8))
                CommonFields.ReadCacheMarker(ref cursor, request);
            else if (!cursor.KeyIs("annotations"u8) && !cursor.KeyIs("logprobs"u8))
                CommonFields.CountOpaque(ref cursor, request);
            else
                CommonFields.ReadNeutral(ref cursor, request, freeBytes: 2);
        }

        // With a file id beside it, the size may be another picture's.
        if (hasFile)
            (width, height) = (0, 0);
        if (hasImage || (isImage && hasFile))
            CommonFields.AddImage(ref cursor, request, new ImageContent(width, height, detail, inBody), "image_url");
        if (hasFile && !isImage)
            CommonFields.AddUnseenAt(ref cursor, request, UnseenItem.FileId, "file_id", "A stored file can't be bounded from the body: send it as file_data.");
    }

    // True for an image.
    private static bool ReadPartType(ref BodyCursor cursor)
    {
        if (cursor.ValueIs("input_image"u8))
            return true;
        if (!cursor.ValueIs("input_text"u8) && !cursor.ValueIs("output_text"u8) && !cursor.ValueIs("refusal"u8) && !cursor.ValueIs("input_file"u8)
            && !cursor.ValueIs("summary_text"u8) && !cursor.ValueIs("reasoning_text"u8))
            cursor.Fail("This kind of content is not metered: use input_text, input_image, input_file, output_text, refusal, summary_text or reasoning_text.");
        return false;
    }
}
