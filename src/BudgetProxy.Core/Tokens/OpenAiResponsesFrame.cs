using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// What OpenAI's responses format adds around the text. No rule is published: the best guess is that of chat, with which the counts of plain text agree
/// (about 4 an item, OpenAI cookbook and ai-tokenizer 1.0.6), and the bound leaves room above it. So nothing here is <see cref="CountMethod.Exact"/>.
/// </summary>
internal static class OpenAiResponsesFrame
{
    private const int Priming = 3;
    private const int Item = 4;
    private const int ItemBound = 5;
    private const int BoundFlat = 16;
    private const int ReasoningFlat = 64;
    private const int ToolCall = 8;
    private const int ToolCallBound = 16;
    private const int Join = 2;
    private const int ForcedTool = 16;
    private const int Schema = 20;

    public static void Add(ref InputTally tally, ProviderRequest request)
    {
        tally.Weaken(CountMethod.Calibrated);
        var schemas = 0;
        foreach (var span in request.Content)
            schemas += span.Kind == ContentKind.ResponseSchema ? 1 : 0;

        tally.AddTokens(
            Priming + (long)request.Messages * Item,
            Priming + BoundFlat + (long)request.Messages * ItemBound + (tally.Profile.Reasoning ? ReasoningFlat : 0));
        request.Blocks.ChargeEach(PromptSection.System, Item);
        request.Blocks.ChargeEach(PromptSection.Messages, Item, first: Priming);
        tally.AddTokens((long)request.ToolCalls * ToolCall + schemas * Schema, (long)request.ToolCalls * ToolCallBound + schemas * Schema);
        tally.AddTokens(0, (long)request.ExtraParts * Join + (request.ToolForced ? ForcedTool : 0));
        if (request.ToolCalls > 0 || request.ExtraParts > 0 || request.ToolForced || schemas > 0 || request.Tools > 0)
            tally.Weaken(CountMethod.Bound);
        // Weakened before: a flat schema is then guessed by the formula and bounded by its JSON.
        if (request.Tools > 0)
            OpenAiFrame.AddTools(ref tally, request);
    }

    /// <summary>
    /// Encrypted reasoning that the client gives back: a token for 4 bytes as a guess. Base64 of n bytes holds 3n/4, and no more tokens than
    /// that, unless what it holds is compressed.
    /// </summary>
    public static void AddEncrypted(ref InputTally tally, ContentSpan span)
    {
        tally.AddTokens(span.Length / 4, (3L * span.Length + 3) / 4);
        tally.Weaken(CountMethod.Bound);
        tally.Blur();
    }
}
