using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// What Anthropic's format adds around the text, in Claude's own tokens. Claude has no public tokenizer: these are measured (ctok 1.2 and
/// ai-tokenizer 1.0.6, fitted to count_tokens) or published (tool-use page, 2026-08), and the bound rounds them up.
/// </summary>
internal static class AnthropicFrame
{
    private const int Base = 4;
    private const int BaseBound = 11;
    private const int Message = 2;
    private const int MessageBound = 4;
    private const int PartBound = 4;

    private const int Tool = 53;
    private const int ToolBound = 64;
    private const int KeyBound = 6;
    private const int EnumItemBound = 2;
    private const int ToolCall = 12;
    private const int ToolCallBound = 64;

    // What stands around a document's title and text is not published; as much as around a tool's result.
    private const int DocumentBound = 64;

    // The hidden prompts of structured output and of thinking are not published; allowances.
    private const int SchemaBound = 512;
    private const int ThinkingBound = 64;

    /// <summary>The dearest hidden tool prompt known, for models whose own is not.</summary>
    private const int ToolSystemUnknown = 810;

    public static void Add(ref InputTally tally, ProviderRequest request)
    {
        tally.Weaken(CountMethod.Calibrated);
        tally.AddTokens(Base + (long)request.Messages * Message, BaseBound + (long)request.Messages * MessageBound + (long)request.ExtraParts * PartBound);
        request.Blocks.ChargeEach(PromptSection.Messages, Message);
        tally.AddTokens((long)request.ToolCalls * ToolCall, (long)request.ToolCalls * ToolCallBound + (long)request.ToolKeys * KeyBound);
        tally.AddTokens(0, (long)request.Documents * DocumentBound);
        tally.AddTokens(0, request.HiddenReasoning ? ThinkingBound : 0);
        foreach (var span in request.Content)
        {
            if (span.Kind != ContentKind.ResponseSchema)
                continue;
            tally.AddTokens(0, SchemaBound);
            tally.Blur();
        }

        if (request.Tools == 0)
            return;
        var system = request.ToolForced ? tally.Profile.ForcedToolSystemTokens : tally.Profile.ToolSystemTokens;
        if (system == 0)
            system = ToolSystemUnknown;
        tally.AddTokens(
            system + (long)request.Tools * Tool, system + (long)request.Tools * ToolBound + (long)request.ToolEnumItems * EnumItemBound);
        request.Blocks.ChargeEach(PromptSection.Tools, Tool, first: system);
    }
}
