using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Batches;

/// <summary>What is kept of one line of a batch: all that its price depends on and nothing of its text, so that it can be priced again at any time.</summary>
public sealed record BatchLine
{
    /// <summary><see cref="BatchEnvelope.HashOf"/> its custom id.</summary>
    public required UInt128 CustomId { get; init; }

    public required ProviderApi Api { get; init; }

    public required string Model { get; init; }

    /// <summary>The end user as the line's body names it; null = not named.</summary>
    public string? User { get; init; }

    /// <summary>Best guess of the input, in tokens.</summary>
    public required long Tokens { get; init; }

    /// <summary>What the input can't exceed, in tokens.</summary>
    public required long Bound { get; init; }

    /// <summary>Tokens of a prediction, billed as output.</summary>
    public long Prediction { get; init; }

    /// <summary>The output limit that the line sets, in tokens; null = none.</summary>
    public long? OutputLimit { get; init; }

    public int Choices { get; init; } = 1;

    /// <summary>Prompts that are answered each on its own.</summary>
    public int Inputs { get; init; }

    public int ServerToolCalls { get; init; }

    public int FileSearches { get; init; }

    public int CodeSessions { get; init; }

    public long AudioTokens { get; init; }

    public CacheWrite CacheWrite { get; init; }

    public bool CacheWriteOff { get; init; }

    public bool Regional { get; init; }

    public bool HasOutput { get; init; } = true;

    public bool AudioOutput { get; init; }

    public bool LimitMayExceedModel { get; init; }

    /// <summary>Keeps what a request was read and counted as.</summary>
    public static BatchLine Of(UInt128 customId, ProviderApi api, ProviderRequest request, in InputEstimate input) => new()
    {
        CustomId = customId,
        Api = api,
        Model = request.Model,
        User = request.User,
        Tokens = input.Tokens,
        Bound = input.Bound,
        Prediction = input.PredictionTokens,
        OutputLimit = request.OutputLimit,
        Choices = request.Choices,
        Inputs = request.Inputs,
        ServerToolCalls = request.ServerToolCalls,
        FileSearches = request.FileSearches,
        CodeSessions = request.CodeSessions,
        AudioTokens = request.AudioTokens,
        CacheWrite = request.CacheWrite,
        CacheWriteOff = request.CacheWriteOff,
        Regional = request.Regional,
        HasOutput = request.HasOutput,
        AudioOutput = request.AudioOutput,
        LimitMayExceedModel = request.LimitMayExceedModel,
    };

    /// <summary>The line's price at a rate, at the batch tier: the one formula that calls are priced by.</summary>
    /// <param name="scratch">Reset, and left as the line's request.</param>
    public Quote Quote(Rate rate, ProviderRequest scratch, in Expectation expectation)
    {
        scratch.Reset();
        scratch.Model = Model;
        scratch.OutputLimit = OutputLimit;
        scratch.Choices = Choices;
        scratch.Inputs = Inputs;
        scratch.ServerToolCalls = ServerToolCalls;
        scratch.FileSearches = FileSearches;
        scratch.CodeSessions = CodeSessions;
        scratch.AudioTokens = AudioTokens;
        scratch.CacheWrite = CacheWrite;
        scratch.CacheWriteOff = CacheWriteOff;
        scratch.Regional = Regional;
        scratch.HasOutput = HasOutput;
        scratch.AudioOutput = AudioOutput;
        scratch.LimitMayExceedModel = LimitMayExceedModel;
        scratch.ServiceTier = ServiceTier.Batch;
        return Core.Rates.Quote.Of(rate, scratch, new InputEstimate(Tokens, Bound, CountMethod.Bound, Prediction), expectation);
    }
}
