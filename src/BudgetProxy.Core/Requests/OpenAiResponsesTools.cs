namespace BudgetProxy.Core.Requests;

/// <summary>Reads <c>tools</c> of an OpenAI responses body.</summary>
internal static class OpenAiResponsesTools
{
    /// <summary>Hidden instructions of a built-in tool in tokens: undocumented, an allowance.</summary>
    private const int HiddenInstructions = 1500;

    public static void Read(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectArray())
            return;
        while (cursor.NextElement())
        {
            if (!cursor.ExpectObject())
                cursor.Fail("A tool must be an object.");
            else
                ReadTool(ref cursor, request);
        }
    }

    private static void ReadTool(ref BodyCursor cursor, ProviderRequest request)
    {
        var start = cursor.Position;
        var (keys, items) = (0, 0);
        var tool = Tool.Unknown;
        while (cursor.NextProperty())
        {
            keys++;
            if (cursor.KeyIs("type"u8))
                tool = ReadType(ref cursor);
            else if (cursor.KeyIs("container"u8))
            {
                keys += ReadContainer(ref cursor);
                continue;
            }


            // No page says that a tool may carry a mark; one that does is taken for the dearest.
            if (cursor.KeyIs("prompt_cache_breakpoint"u8) && !cursor.IsNull)
                CommonFields.Raise(request, CacheWrite.Long);
            var (keysInside, itemsInside) = cursor.SkipTool();
            keys += keysInside;
            items += itemsInside;
        }

        if (tool == Tool.Unknown)
            cursor.FailAt("type", "This kind of tool is not metered: use function, custom, web_search, file_search or code_interpreter. The rate card has no price for what the others bill.");
        else if (tool != Tool.Own)
            AddServerTool(ref cursor, request, tool);

        OpenAiChatTools.AddDefinition(ref cursor, request, start, (keys, items));
    }

    private static Tool ReadType(ref BodyCursor cursor)
    {
        if (cursor.ValueIs("function"u8) || cursor.ValueIs("custom"u8))
            return Tool.Own;
        if (cursor.ValueIs("web_search"u8) || cursor.ValueIs("web_search_2025_08_26"u8))
            return Tool.WebSearch;
        return cursor.ValueIs("file_search"u8) ? Tool.FileSearch : cursor.ValueIs("code_interpreter"u8) ? Tool.Code : Tool.Unknown;
    }

    private static void AddServerTool(ref BodyCursor cursor, ProviderRequest request, Tool tool)
    {
        CommonFields.AddUnseenAt(
            ref cursor, request, UnseenItem.ServerTool, "type", "This tool runs on the provider's side and its cost can't be bounded from the body.");
        request.AllowanceTokens += HiddenInstructions;
        if (tool == Tool.WebSearch)
            CommonFields.AddServerToolCalls(request, calls: null);
        else if (tool == Tool.FileSearch)
            request.FileSearches = CommonFields.ServerToolCalls;
        else
            request.CodeSessions = 1;
    }

    // A container of the default size has the fee that rows name; a larger one, and one that was opened before, another. Answers its keys.
    private static int ReadContainer(ref BodyCursor cursor)
    {
        if (!cursor.IsObject)
            cursor.Fail("A container that was opened before can't be priced: use {\"type\":\"auto\"}.");
        var keys = 0;
        while (cursor.NextProperty())
        {
            keys++;
            if (cursor.KeyIs("memory_limit"u8) && !cursor.IsNull && !cursor.ValueIs("1g"u8))
                cursor.Fail("Only containers of 1g are priced.");
            cursor.Skip();
        }

        return keys;
    }

    private enum Tool
    {
        Unknown,

        /// <summary>The caller runs it.</summary>
        Own,
        WebSearch,
        FileSearch,
        Code,
    }
}
