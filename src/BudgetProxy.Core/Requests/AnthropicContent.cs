namespace BudgetProxy.Core.Requests;

/// <summary>
/// Reads the <c>messages</c> and <c>system</c> of an Anthropic body. Blocks are read by their fields, whatever order they stand in: each
/// field that can hold content is counted, and one we don't know is counted by its JSON.
/// </summary>
internal static class AnthropicContent
{
    /// <summary>True when there was an array of messages.</summary>
    public static bool ReadMessages(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectArray())
            return false;
        request.Blocks.Section = PromptSection.Messages;
        while (cursor.NextElement())
        {
            if (!cursor.ExpectObject())
                cursor.Fail("A message must be an object.");
            else
                ReadMessage(ref cursor, request);
        }

        return true;
    }

    /// <summary>A string, or an array of blocks; null is nothing.</summary>
    public static void Read(ref BodyCursor cursor, ProviderRequest request) => CommonFields.ReadContent(ref cursor, request, ReadBlock);

    private static void ReadMessage(ref BodyCursor cursor, ProviderRequest request)
    {
        request.Messages++;
        var hasRole = false;
        var firstBlock = request.Blocks.Count;
        byte role = 0;
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("content"u8))
                Read(ref cursor, request);
            else if (!cursor.KeyIs("role"u8))
                CommonFields.CountOpaque(ref cursor, request);
            else if (cursor.ValueIs("user"u8) || cursor.ValueIs("assistant"u8) || cursor.ValueIs("system"u8))
                (hasRole, role) = (true, cursor.Raw[0]);
            else
                cursor.Fail("Must be user or assistant.");
        }

        if (!hasRole)
            cursor.FailAt("role", "A role is required.");
        request.Blocks.SetRole(firstBlock, role);
    }

    private static void ReadBlock(ref BodyCursor cursor, ProviderRequest request)
    {
        var block = new AnthropicBlock { Remote = UnseenItem.FileUrl };
        while (cursor.NextProperty())
        {
            if (!ReadText(ref cursor, request) && !ReadStructure(ref cursor, request, ref block))
                CommonFields.CountOpaque(ref cursor, request);
        }

        if (block.IsRemote && !block.IsImage)
            CommonFields.AddUnseenAt(ref cursor, request, block.Remote, "source", "A remote or stored document can't be bounded from the body: send it inline.");
        else if (block.IsImage && block.HasSource)
            CommonFields.AddImage(ref cursor, request, new ImageContent(block.Size.Width, block.Size.Height, ImageDetail.Auto, block.IsInline), "source");
        else if (block.IsInline)
        {
            request.Unbounded = true;
            request.DocumentTokens += block.DocumentTokens;
        }
    }

    private static bool ReadText(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.IsString)
            return false;
        if (cursor.KeyIs("text"u8) || cursor.KeyIs("content"u8) || cursor.KeyIs("title"u8) || cursor.KeyIs("context"u8) || cursor.KeyIs("source"u8))
            CommonFields.CountString(ref cursor, request, ContentKind.Text);
        else if (cursor.KeyIs("thinking"u8) || cursor.KeyIs("signature"u8) || cursor.KeyIs("data"u8))
        {
            // Thinking of earlier turns is taken out by some models, unbilled (Anthropic extended-thinking page, 2026-08).
            request.Incomparable = true;
            CommonFields.CountString(ref cursor, request, ContentKind.Text);
        }
        else if (cursor.KeyIs("name"u8))
            CommonFields.CountString(ref cursor, request, ContentKind.ToolCall);
        else if (cursor.KeyIs("id"u8) || cursor.KeyIs("tool_use_id"u8))
            CommonFields.CountString(ref cursor, request, ContentKind.ToolCallId);
        else
            return false;
        return true;
    }

    private static bool ReadStructure(ref BodyCursor cursor, ProviderRequest request, ref AnthropicBlock block)
    {
        if (cursor.KeyIs("type"u8))
            ReadType(ref cursor, request, ref block);
        else if (cursor.KeyIs("cache_control"u8))
            CommonFields.ReadCacheMarker(ref cursor, request);
        else if (cursor.KeyIs("source"u8) && cursor.IsObject)
            ReadSource(ref cursor, request, ref block);
        else if (cursor.KeyIs("content"u8) && cursor.IsArray)
            Read(ref cursor, request);
        else if (cursor.KeyIs("content"u8) && cursor.IsObject)
            ReadBlock(ref cursor, request);
        else if (cursor.KeyIs("input"u8) && cursor.IsObject)
            ReadInput(ref cursor, request);
        else if (cursor.KeyIs("citations"u8) && cursor.IsObject)
            ReadCitations(ref cursor, request);
        else if (cursor.KeyIs("is_error"u8))
            cursor.Flag();
        else
            return false;
        return true;
    }

    private static void ReadType(ref BodyCursor cursor, ProviderRequest request, ref AnthropicBlock block)
    {
        if (!cursor.ExpectString())
            cursor.Fail("A block's type is required.");
        block.IsImage = cursor.ValueIs("image"u8);
        if (cursor.ValueIs("tool_use"u8) || cursor.ValueIs("tool_result"u8))
            request.ToolCalls++;
        if (cursor.ValueIs("document"u8) || cursor.ValueIs("search_result"u8))
            request.Documents++;
        if (cursor.ValueIs("container_upload"u8))
            CommonFields.AddUnseen(ref cursor, request, UnseenItem.FileId, "A stored file can't be bounded from the body.");
        // What other blocks hold may be left out, or stand for what came before (a compaction).
        request.Incomparable |= !block.IsImage && !cursor.ValueIs("text"u8) && !cursor.ValueIs("tool_use"u8) && !cursor.ValueIs("tool_result"u8)
            && !cursor.ValueIs("document"u8) && !cursor.ValueIs("search_result"u8);
        CommonFields.ReadNeutral(ref cursor, request);
    }

    private static void ReadInput(ref BodyCursor cursor, ProviderRequest request)
    {
        var start = cursor.Position;
        request.ToolKeys += cursor.SkipTool().Keys;
        if (!cursor.Failed)
            request.Content.Add(new ContentSpan(start, cursor.End - start, ContentKind.ToolInput));
    }

    // Citations cut a document into sentences and mark each, which the size of the text does not bound.
    private static void ReadCitations(ref BodyCursor cursor, ProviderRequest request)
    {
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("enabled"u8))
                request.Unbounded |= cursor.Flag() ?? false;
            else
                CommonFields.CountOpaque(ref cursor, request);
        }
    }

    // {type: base64, media_type, data}, {type: text, media_type, data}, {type: content, content}, {type: url, url} or {type: file, file_id}.
    private static void ReadSource(ref BodyCursor cursor, ProviderRequest request, ref AnthropicBlock block)
    {
        block.HasSource = true;
        var isText = false;
        ContentSpan? data = null;
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("type"u8))
            {
                isText = cursor.ValueIs("text"u8);
                block.IsInline = cursor.ValueIs("base64"u8);
                block.IsRemote = !isText && !block.IsInline && !cursor.ValueIs("content"u8);
                if (cursor.ValueIs("file"u8))
                    block.Remote = UnseenItem.FileId;
                if (cursor.ExpectString())
                    CommonFields.ReadNeutral(ref cursor, request);
            }
            else if (cursor.KeyIs("data"u8) && cursor.ExpectString())
            {
                data = cursor.StringSpan(ContentKind.Text);
            }
            else if (cursor.KeyIs("content"u8))
                Read(ref cursor, request);
            else if (cursor.KeyIs("url"u8) || cursor.KeyIs("file_id"u8))
            {
                block.IsRemote = true;
                if (cursor.KeyIs("file_id"u8))
                    block.Remote = UnseenItem.FileId;
                CommonFields.ReadNeutral(ref cursor, request, CommonFields.ListBytes);
            }
            else if (cursor.KeyIs("media_type"u8))
                CommonFields.ReadNeutral(ref cursor, request);
            else
                CommonFields.CountOpaque(ref cursor, request);
        }

        if (data is not { } inline)
            return;
        if (isText)
            request.Content.Add(inline);
        else if (block.IsInline)
        {
            block.Size = ImageHeader.Read(cursor.Written(inline));
            block.DocumentTokens = block.Size.Width > 0 ? 0 : InlineDocument.Tokens(cursor.Written(inline));
        }
        else
            cursor.FailAt("type", "Must be base64 or text.");
    }
}
