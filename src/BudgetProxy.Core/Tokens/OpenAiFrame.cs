using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tokens;

/// <summary>What OpenAI's chat format adds around the text (OpenAI cookbook, How_to_count_tokens_with_tiktoken; measured overheads of ai-tokenizer 1.0.6).</summary>
internal static class OpenAiFrame
{
    private const int ReplyPriming = 3;
    private const int Message = 3;
    private const int Role = 1;
    private const int Name = 1;

    // Reasoning models hide a little more: some system text, and 4 a message where others have 3. Whether the role is in those 4 is not told,
    // so the bound takes them on top.
    private const int ReasoningMessage = 4;
    private const int ReasoningFlat = 64;

    private const int ToolCall = 8;
    private const int ToolCallBound = 16;
    private const int Join = 2;
    private const int ForcedTool = 16;
    private const int Schema = 20;

    private const int PerFunction = 7;
    private const int PerFunctionLegacy = 10;
    private const int ToolsEnd = 12;
    private const int BoundFlat = 16;
    private const int BoundPerFunction = 12;
    private const int BoundPerEnumItem = 3;

    public static void Add(ref InputTally tally, ProviderRequest request)
    {
        var (names, schemas) = (0, 0);
        foreach (var span in request.Content)
        {
            names += span.Kind == ContentKind.Name ? 1 : 0;
            schemas += span.Kind == ContentKind.ResponseSchema ? 1 : 0;
        }

        var frame = ReplyPriming + (long)request.Messages * (Message + Role) + names * Name;
        var hidden = tally.Profile.Reasoning ? (long)request.Messages * ReasoningMessage + ReasoningFlat : 0;
        tally.AddTokens(frame, frame + hidden);
        request.Blocks.ChargeEach(PromptSection.Messages, Message + Role, first: ReplyPriming);

        tally.AddTokens((long)request.ToolCalls * ToolCall + schemas * Schema, (long)request.ToolCalls * ToolCallBound + schemas * Schema);
        tally.AddTokens(0, (long)request.ExtraParts * Join + (request.ToolForced ? ForcedTool : 0));
        if (request.ToolCalls > 0 || request.ExtraParts > 0 || request.ToolForced || schemas > 0)
            tally.Weaken(CountMethod.Bound);
        if (request.Tools > 0)
            AddTools(ref tally, request);
    }

    // The formula is exact for flat schemas on the models it was published for; for all else the JSON's own tokens bound it.
    internal static void AddTools(ref InputTally tally, ProviderRequest request)
    {
        long formula = ToolsEnd, count = 0, bound = 0;
        var flat = true;
        foreach (var span in request.Content)
        {
            if (span.Kind != ContentKind.ToolSchema)
                continue;
            var json = tally.Written(span);
            var (tokens, most) = tally.Count(span);
            var tool = new OpenAiToolFormula(json, tally.Counter, tally.Buffer(json.Length + 2));
            tool.Count(tally.Profile.LegacyToolCosts ? PerFunctionLegacy : PerFunction);
            formula += tool.Tokens;
            flat &= tool.IsFlat;
            count += tokens;
            // One more for the comma or bracket that stands between definitions.
            bound += most + 1;
        }

        bound += BoundFlat + (long)request.Tools * BoundPerFunction + (long)request.ToolEnumItems * BoundPerEnumItem;
        tally.Blur();
        if (flat && tally.Method == CountMethod.Exact)
            bound = formula;
        else
            tally.Weaken(CountMethod.Bound);
        var expected = flat ? Math.Min(formula, bound) : Math.Clamp(count, 0, bound);
        tally.AddTokens(expected, bound);
        request.Blocks.ChargeEach(PromptSection.Tools, expected / Math.Max(request.Tools, 1), expected % Math.Max(request.Tools, 1));
    }
}
