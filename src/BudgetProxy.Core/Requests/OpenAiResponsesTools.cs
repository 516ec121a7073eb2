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
        var (own, search) = (false, false);
        while (cursor.NextProperty())
        {
            keys++;
            if (cursor.KeyIs("type"u8))
            {
                own = cursor.ValueIs("function"u8) || cursor.ValueIs("custom"u8);
                search = cursor.ValueIs("web_search"u8) || cursor.ValueIs("web_search_2025_08_26"u8);
            }

            // No page says that a tool may carry a mark; one that does is taken for the dearest.
            if (cursor.KeyIs("prompt_cache_breakpoint"u8) && !cursor.IsNull)
                CommonFields.Raise(request, CacheWrite.Long);
            var (keysInside, itemsInside) = cursor.SkipTool();
            keys += keysInside;
            items += itemsInside;
        }

        if (search)
        {
            CommonFields.AddUnseenAt(
                ref cursor, request, UnseenItem.ServerTool, "type", "Web search runs on the provider's side and its cost can't be bounded from the body.");
            CommonFields.AddServerToolCalls(request, calls: null);
            request.AllowanceTokens += HiddenInstructions;
        }
        else if (!own)
            cursor.FailAt("type", "This kind of tool is not metered: use function, custom or web_search. The rate card has no price for what the others bill.");

        OpenAiChatTools.AddDefinition(ref cursor, request, start, (keys, items));
    }
}
