namespace BudgetProxy.Core.Requests;

/// <summary>
/// Reads the <c>messages</c> of an OpenAI chat body. Parts are read by their fields, whatever their <c>type</c> says and in whatever order
/// they stand: each field that can hold content is counted, so a part that lies about its type gains nothing.
/// </summary>
internal static class OpenAiChatMessages
{
    private const string NoAudio = "Audio of an earlier answer lies at the provider and can't be bounded from the body: send its transcript.";

    /// <summary>True when there was an array of messages.</summary>
    public static bool Read(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectArray())
            return false;
        request.Blocks.Section = PromptSection.Messages;
        while (cursor.NextElement())
        {
            request.Blocks.Open(request, cursor.Position);
            if (!cursor.ExpectObject())
                cursor.Fail("A message must be an object.");
            else
                ReadMessage(ref cursor, request);
            request.Blocks.Close(request, cursor.End);
        }

        return true;
    }

    private static void ReadMessage(ref BodyCursor cursor, ProviderRequest request)
    {
        request.Messages++;
        var hasRole = false;
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("role"u8))
                hasRole = ReadRole(ref cursor);
            else if (cursor.KeyIs("content"u8))
                CommonFields.ReadContent(ref cursor, request, ReadPart);
            else if (cursor.KeyIs("name"u8))
                CommonFields.CountString(ref cursor, request, ContentKind.Name);
            else if (cursor.KeyIs("refusal"u8))
                CommonFields.CountString(ref cursor, request, ContentKind.Text);
            else if (cursor.KeyIs("tool_call_id"u8))
                CommonFields.CountString(ref cursor, request, ContentKind.ToolCallId);
            else if (cursor.KeyIs("tool_calls"u8))
                ReadToolCalls(ref cursor, request);
            else if (cursor.KeyIs("function_call"u8))
                ReadToolCall(ref cursor, request);
            else if (cursor.KeyIs("audio"u8))
                CommonFields.RefusePresent(ref cursor, NoAudio);
            else if (cursor.KeyIs("prompt_cache_breakpoint"u8) || cursor.KeyIs("cache_control"u8))
                CommonFields.ReadCacheMarker(ref cursor, request);
            else
                CommonFields.CountOpaque(ref cursor, request);
        }

        if (!hasRole)
            cursor.FailAt("role", "A role is required.");
    }

    // All of them are one token in both encodings, so the estimator adds one a message.
    private static bool ReadRole(ref BodyCursor cursor)
    {
        if (cursor.ValueIs("user"u8) || cursor.ValueIs("assistant"u8) || cursor.ValueIs("system"u8)
            || cursor.ValueIs("tool"u8) || cursor.ValueIs("developer"u8) || cursor.ValueIs("function"u8))
            return true;
        cursor.Fail("Must be one of system, developer, user, assistant, tool, function.");
        return false;
    }

    private static void ReadPart(ref BodyCursor cursor, ProviderRequest request)
    {
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("type"u8))
                CheckPartType(ref cursor);
            else if (cursor.KeyIs("text"u8) || cursor.KeyIs("refusal"u8))
                CommonFields.CountString(ref cursor, request, ContentKind.Text);
            else if (cursor.KeyIs("image_url"u8))
                ReadImage(ref cursor, request);
            else if (cursor.KeyIs("file"u8))
                ReadFile(ref cursor, request);
            else if (cursor.KeyIs("input_audio"u8))
                ReadAudio(ref cursor, request);
            else if (cursor.KeyIs("prompt_cache_breakpoint"u8) || cursor.KeyIs("cache_control"u8))
                CommonFields.ReadCacheMarker(ref cursor, request);
            else
                CommonFields.CountOpaque(ref cursor, request);
        }
    }

    // A kind of part we don't know may stand for media elsewhere, which its JSON does not bound.
    private static void CheckPartType(ref BodyCursor cursor)
    {
        if (!cursor.ValueIs("text"u8) && !cursor.ValueIs("image_url"u8) && !cursor.ValueIs("input_audio"u8) && !cursor.ValueIs("file"u8) && !cursor.ValueIs("refusal"u8))
            cursor.Fail("This kind of content is not metered: use text, image_url, input_audio, file or refusal.");
    }

    // {data, format}: the data tells its format itself, so `format` decides nothing.
    private static void ReadAudio(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectObject())
            return;
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("format"u8))
                CommonFields.ReadNeutral(ref cursor, request);
            else if (!cursor.KeyIs("data"u8))
                CommonFields.CountOpaque(ref cursor, request);
            else if (cursor.ExpectString())
                AddAudio(request, AudioLength.Tokens(cursor.Raw));
        }
    }

    private static void AddAudio(ProviderRequest request, (long Expected, long Bound)? tokens)
    {
        request.Unbounded |= tokens is null;
        request.AudioTokens += tokens?.Expected ?? 0;
        request.AudioBound += tokens?.Bound ?? 0;
    }

    private static void ReadImage(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectObject())
            return;
        var ((width, height), inBody) = ((0, 0), false);
        var detail = ImageDetail.Auto;
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("url"u8) && cursor.ExpectString())
                ((width, height), inBody) = (ImageHeader.ReadDataUrl(cursor.Raw), ImageHeader.IsDataUrl(cursor.Raw));
            else if (cursor.KeyIs("detail"u8))
                detail = ReadDetail(ref cursor);
            else
                CommonFields.CountOpaque(ref cursor, request);
        }

        CommonFields.AddImage(ref cursor, request, new ImageContent(width, height, detail, inBody), "url");
    }

    internal static ImageDetail ReadDetail(ref BodyCursor cursor)
    {
        if (cursor.IsNull || cursor.ValueIs("auto"u8))
            return ImageDetail.Auto;
        if (cursor.ValueIs("low"u8))
            return ImageDetail.Low;
        if (cursor.ValueIs("high"u8))
            return ImageDetail.High;
        if (!cursor.ValueIs("original"u8))
            cursor.Fail("Must be one of auto, low, high, original.");
        return ImageDetail.Original;
    }

    // What a file's bytes turn into (text of a compressed page, and its picture) can't be told from their number.
    private static void ReadFile(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectObject())
            return;
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("file_id"u8))
                ReadRemoteFile(ref cursor, request, UnseenItem.FileId);
            else if (cursor.KeyIs("file_url"u8))
                ReadRemoteFile(ref cursor, request, UnseenItem.FileUrl);
            else if (cursor.KeyIs("file_data"u8))
                ReadFileData(ref cursor, request);
            else if (cursor.KeyIs("filename"u8))
                CommonFields.CountString(ref cursor, request, ContentKind.Text);
            else
                CommonFields.CountOpaque(ref cursor, request);
        }
    }

    internal static void ReadFileData(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectString())
            return;
        request.Unbounded = true;
        request.DocumentTokens += InlineDocument.UrlTokens(cursor.Raw);
    }

    private static void ReadRemoteFile(ref BodyCursor cursor, ProviderRequest request, UnseenItem item)
    {
        if (!cursor.ExpectString())
            return;
        CommonFields.AddUnseen(ref cursor, request, item, "A stored or remote file can't be bounded from the body: send it as file_data.");
        CommonFields.ReadNeutral(ref cursor, request, CommonFields.ListBytes);
    }

    private static void ReadToolCalls(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectArray())
            return;
        while (cursor.NextElement())
        {
            if (!cursor.IsObject)
                cursor.Fail("A tool call must be an object.");
            ReadToolCall(ref cursor, request);
        }
    }

    // {id, type, function: {name, arguments}} or {…, custom: {name, input}}; function_call is the inner object alone.
    private static void ReadToolCall(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectObject())
            return;
        request.ToolCalls++;
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("id"u8))
                CommonFields.CountString(ref cursor, request, ContentKind.ToolCallId);
            else if (cursor.KeyIs("type"u8))
                ReadCallType(ref cursor, request);
            else if (cursor.IsString)
                CommonFields.CountString(ref cursor, request, ContentKind.ToolCall);
            else if (cursor.IsObject && (cursor.KeyIs("function"u8) || cursor.KeyIs("custom"u8)))
                ReadCalled(ref cursor, request);
            else
                CommonFields.CountOpaque(ref cursor, request);
        }
    }

    private static void ReadCallType(ref BodyCursor cursor, ProviderRequest request)
    {
        if (cursor.ExpectString())
            CommonFields.ReadNeutral(ref cursor, request);
    }

    private static void ReadCalled(ref BodyCursor cursor, ProviderRequest request)
    {
        while (cursor.NextProperty())
        {
            if (cursor.IsString)
                CommonFields.CountString(ref cursor, request, ContentKind.ToolCall);
            else
                CommonFields.CountOpaque(ref cursor, request);
        }
    }
}
