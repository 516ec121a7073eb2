using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// Counts the input of a request before it is sent: a best guess, and what it can't exceed. The README of Requests lists the rules by field.
/// The model's window cuts nothing here: that is the quote's. But text above the window is not counted to its end.
/// Linear in the body; allocates nothing but pooled buffers.
/// </summary>
public static class InputEstimator
{
    /// <summary>The bound of a body that only the model's window bounds: above every window sold (2026-11).</summary>
    public const long LargestInput = 2_000_000;

    /// <param name="known">Where the caller's tenant keeps the counts of its long texts; null = nowhere.</param>
    public static InputEstimate Estimate(
        ProviderApi api, ProviderRequest request, ReadOnlySpan<byte> body, ModelProfile profile, TenantShare<TextCount>? known = null)
    {
        var tally = new InputTally(body, profile, known, request.HashedTexts);
        try
        {
            // Server tools feed the input again and again, so that the quote takes no window for it.
            if (profile.MaxInput > 0 && !request.HasServerTools)
                tally.StopAbove((long)profile.MaxInput * request.Prompts);
            tally.AddTokens(request.TokenInputs, request.TokenInputs);
            var prediction = AddContent(ref tally, request, api);
            AddImages(ref tally, request);
            AddFlatRules(ref tally, request);
            if (api == ProviderApi.OpenAiChat)
                OpenAiFrame.Add(ref tally, request);
            else if (api == ProviderApi.OpenAiResponses)
                OpenAiResponsesFrame.Add(ref tally, request);
            else if (api == ProviderApi.AnthropicMessages)
                AnthropicFrame.Add(ref tally, request);
            return Conclude(ref tally, request, prediction);
        }
        finally
        {
            tally.Dispose();
        }
    }

    // Answers the prediction's tokens, which are billed as output.
    private static long AddContent(ref InputTally tally, ProviderRequest request, ProviderApi api)
    {
        var prediction = 0L;
        for (var i = 0; i < request.Content.Count; i++)
        {
            var span = request.Content[i];
            switch (span.Kind)
            {
                case ContentKind.Prediction:
                    prediction += tally.Count(span).Bound;
                    break;
                case ContentKind.ToolSchema when api is ProviderApi.OpenAiChat or ProviderApi.OpenAiResponses:
                    break;
                case ContentKind.ToolCallId:
                    tally.AddText(span, boundOnly: true);
                    tally.Weaken(CountMethod.Bound);
                    break;
                case ContentKind.Encrypted:
                    OpenAiResponsesFrame.AddEncrypted(ref tally, span);
                    break;
                case ContentKind.OpaqueJson:
                    request.Blocks.Charge(i, tally.AddText(span));
                    tally.Weaken(CountMethod.Bound);
                    tally.Blur();
                    break;
                default:
                    request.Blocks.Charge(i, tally.AddText(span));
                    break;
            }
        }

        return prediction;
    }

    private static void AddImages(ref InputTally tally, ProviderRequest request)
    {
        for (var i = 0; i < request.Images.Count; i++)
        {
            var image = request.Images[i];
            var (expected, bound) = ImageTokens.Count(tally.Profile.Vision, image);
            tally.AddTokens(expected, bound);
            request.Blocks.ChargeImage(i, expected);
            if (expected == bound && image.SizeKnown && tally.Profile.Vision.Scheme != VisionScheme.None)
                continue;
            tally.Weaken(CountMethod.Bound);
            tally.Blur();
        }
    }

    private static void AddFlatRules(ref InputTally tally, ProviderRequest request)
    {
        tally.AddTokens(request.AllowanceTokens, request.AllowanceTokens);
        tally.AddTokens(request.AudioTokens, request.AudioBound);
        tally.AddTokens(request.DocumentTokens, 0);
        if (request.AllowanceTokens > 0 || request.Unbounded || request.AudioBound > 0)
            tally.Weaken(CountMethod.Bound);
        if (request.Incomparable || request.AllowanceTokens > 0 || request.Unbounded || request.AudioBound > 0 || request.HasServerTools)
            tally.Blur();
    }

    private static InputEstimate Conclude(ref InputTally tally, ProviderRequest request, long prediction)
    {
        var bound = request.Unbounded ? Math.Max(tally.Bound, LargestInput) : tally.Bound;
        return new InputEstimate(Math.Min(tally.Tokens, bound), bound, tally.Method, prediction, tally.Mix);
    }
}
