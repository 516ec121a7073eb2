namespace BudgetProxy.Core.Requests;

/// <summary>Reads <c>tools</c> and <c>tool_choice</c> of an Anthropic body.</summary>
internal static class AnthropicTools
{
    // Definitions that Anthropic adds itself, in tokens (tool-use and pricing pages, 2026-08; the approximate ones rounded up).
    private const int Bash = 325;
    private const int TextEditor = 700;
    private const int Computer = 735 + 499;
    private const int ComputerToolset = 5_000;
    private const int BrowserToolset = 8_000;

    // No figures: on the provider's side (its allowance counts it), or not metered at all, such as an advisor, which bills another model's output.
    private const int Serving = -1;
    private const int Unknown = -2;

    public static void Read(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectArray())
            return;
        request.Blocks.Section = PromptSection.Tools;
        while (cursor.NextElement())
        {
            request.Blocks.Open(request, cursor.Position);
            if (!cursor.ExpectObject())
                cursor.Fail("A tool must be an object.");
            else
                ReadTool(ref cursor, request);
            request.Blocks.Close(request, cursor.End);
        }
    }

    public static void ReadChoice(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectObject())
            return;
        var start = cursor.Position;
        request.Blocks.Section = PromptSection.Settings;
        request.Blocks.Open(request, start);
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("type"u8))
                request.ToolForced = !cursor.ValueIs("auto"u8) && !cursor.ValueIs("none"u8);
            cursor.Skip();
        }

        CommonFields.CountAbove(ref cursor, request, start);
        request.Blocks.Close(request, cursor.End);
    }

    private static void ReadTool(ref BodyCursor cursor, ProviderRequest request)
    {
        var start = cursor.Position;
        var allowance = 0;
        var isCode = false;
        long? maxUses = null;
        while (cursor.NextProperty())
        {
            request.ToolKeys++;
            // A tool may be left out of the prompt until it is searched for (defer_loading), or cost otherwise than its text.
            request.Incomparable |= !IsPlain(cursor.Key);
            if (cursor.KeyIs("type"u8))
            {
                allowance = cursor.ExpectString() ? Allowance(cursor.Raw) : 0;
                isCode = cursor.IsString && cursor.Raw.StartsWith("code_execution_"u8);
            }
            else if (cursor.KeyIs("max_uses"u8))
                maxUses = cursor.WholeNumber(0);
            else if (cursor.KeyIs("cache_control"u8))
            {
                CommonFields.ReadCacheMarker(ref cursor, request);
                continue;
            }

            var (keys, items) = cursor.SkipTool();
            request.ToolKeys += keys;
            request.ToolEnumItems += items;
        }

        if (allowance is Serving or Unknown)
            ReadServerTool(ref cursor, request, allowance, isCode, maxUses);
        else
            request.AllowanceTokens += allowance;
        request.Tools++;
        if (!cursor.Failed)
            request.Content.Add(new ContentSpan(start, cursor.End - start, ContentKind.ToolSchema));
    }

    private static bool IsPlain(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("name"u8) || key.SequenceEqual("description"u8) || key.SequenceEqual("input_schema"u8) || key.SequenceEqual("type"u8) || key.SequenceEqual("cache_control"u8);

    private static void ReadServerTool(ref BodyCursor cursor, ProviderRequest request, int kind, bool isCode, long? maxUses)
    {
        if (kind == Unknown)
            cursor.FailAt("type", "This kind of tool is not metered: use custom, bash, text editor, computer, browser or server tools.");
        CommonFields.AddUnseenAt(ref cursor, request, UnseenItem.ServerTool, "type", "This tool runs on the provider's side and its cost can't be bounded from the body.");
        CommonFields.AddServerToolCalls(request, maxUses);
        if (isCode)
            request.CodeSessions = 1;
    }

    private static int Allowance(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("custom"u8) ? 0
        : type.StartsWith("bash_"u8) ? Bash
        : type.StartsWith("text_editor_"u8) ? TextEditor
        : type.StartsWith("computer_toolset_"u8) ? ComputerToolset
        : type.StartsWith("computer_"u8) ? Computer
        : type.StartsWith("browser_toolset_"u8) ? BrowserToolset
        : type.StartsWith("web_search_"u8) || type.StartsWith("web_fetch_"u8) || type.StartsWith("code_execution_"u8)
            || type.StartsWith("tool_search_tool_"u8) || type.StartsWith("memory_"u8) ? Serving
        : Unknown;
}
