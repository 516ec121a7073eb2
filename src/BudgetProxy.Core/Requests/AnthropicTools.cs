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

    public static void ReadChoice(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.ExpectObject())
            return;
        var start = cursor.Position;
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("type"u8))
                request.ToolForced = !cursor.ValueIs("auto"u8) && !cursor.ValueIs("none"u8);
            cursor.Skip();
        }

        CommonFields.CountAbove(ref cursor, request, start);
    }

    private static void ReadTool(ref BodyCursor cursor, ProviderRequest request)
    {
        var start = cursor.Position;
        var allowance = 0;
        while (cursor.NextProperty())
        {
            request.ToolKeys++;
            if (cursor.KeyIs("type"u8))
                allowance = cursor.ExpectString() ? Allowance(cursor.Raw) : 0;
            else if (cursor.KeyIs("cache_control"u8))
            {
                CommonFields.ReadCacheMarker(ref cursor, request);
                continue;
            }

            if (allowance < 0)
                cursor.Fail("Only custom, bash, text editor, computer and browser tools are metered: others run on the provider's side.");
            var (keys, items) = cursor.SkipTool();
            request.ToolKeys += keys;
            request.ToolEnumItems += items;
        }

        request.Tools++;
        request.AllowanceTokens += allowance;
        if (!cursor.Failed)
            request.Content.Add(new ContentSpan(start, cursor.End - start, ContentKind.ToolSchema));
    }

    private static int Allowance(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("custom"u8) ? 0
        : type.StartsWith("bash_"u8) ? Bash
        : type.StartsWith("text_editor_"u8) ? TextEditor
        : type.StartsWith("computer_toolset_"u8) ? ComputerToolset
        : type.StartsWith("computer_"u8) ? Computer
        : type.StartsWith("browser_toolset_"u8) ? BrowserToolset
        : -1;
}
