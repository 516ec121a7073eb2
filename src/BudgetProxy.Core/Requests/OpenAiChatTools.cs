namespace BudgetProxy.Core.Requests;

/// <summary>Reads <c>tools</c>, the older <c>functions</c> and <c>tool_choice</c> of an OpenAI chat body.</summary>
internal static class OpenAiChatTools
{
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

    public static void ReadFunctions(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectArray())
            return;
        while (cursor.NextElement())
        {
            if (!cursor.ExpectObject())
                cursor.Fail("A function must be an object.");
            else
                AddDefinition(ref cursor, request, cursor.Position, cursor.SkipTool());
        }
    }

    public static void ReadChoice(ref BodyCursor cursor, ProviderRequest request)
    {
        if (cursor.IsString)
        {
            request.ToolForced |= cursor.ValueIs("required"u8);
            CommonFields.ReadNeutral(ref cursor, request);
        }
        else if (cursor.ExpectObject())
        {
            request.ToolForced = true;
            CommonFields.CountOpaque(ref cursor, request);
        }
    }

    private static void ReadTool(ref BodyCursor cursor, ProviderRequest request)
    {
        var start = cursor.Position;
        var (keys, items) = (0, 0);
        var known = false;
        while (cursor.NextProperty())
        {
            keys++;
            if (cursor.KeyIs("type"u8))
                known = cursor.ValueIs("function"u8) || cursor.ValueIs("custom"u8);
            // No page says that a tool may carry a mark; one that does is taken for the dearest.
            if (cursor.KeyIs("prompt_cache_breakpoint"u8) && !cursor.IsNull)
                CommonFields.Raise(request, CacheWrite.Long);
            var (keysInside, itemsInside) = cursor.SkipTool();
            keys += keysInside;
            items += itemsInside;
        }

        if (!known)
            cursor.FailAt("type", "Only tools of type function or custom are metered: a tool that runs on the provider's side can't be bounded from the body.");
        AddDefinition(ref cursor, request, start, (keys, items));
    }

    internal static void AddDefinition(ref BodyCursor cursor, ProviderRequest request, int start, (int Keys, int EnumItems) size)
    {
        request.Tools++;
        request.ToolKeys += size.Keys;
        request.ToolEnumItems += size.EnumItems;
        request.Blocks.Section = PromptSection.Tools;
        request.Blocks.Open(request, start);
        if (!cursor.Failed)
            request.Content.Add(new ContentSpan(start, cursor.End - start, ContentKind.ToolSchema));
        request.Blocks.Close(request, cursor.End);
    }
}
