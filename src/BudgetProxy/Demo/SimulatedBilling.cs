using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Demo;

/// <summary>What one answer produces and what its provider charges for it. Prompt tokens include those of the caches.</summary>
internal sealed class SimulatedBilling
{
    private readonly SimulatedCall _call;
    private readonly SimulatedAnswer _answer;
    private readonly int _choices;

    public SimulatedBilling(SimulatedCall call, SimulatedAnswer answer)
    {
        _call = call;
        _answer = answer;
        _choices = Math.Max(call.Request.Choices, 1);
        var limit = call.Request.MaxTokens ?? long.MaxValue;
        Reasoning = Math.Min(answer.ReasoningTokens, limit);
        Visible = answer.Endless ? long.MaxValue : Math.Min(answer.OutputTokens, limit - Reasoning);
        CutByLimit = Visible < answer.OutputTokens || Reasoning < answer.ReasoningTokens;
    }

    /// <summary>Visible output tokens of each choice.</summary>
    public long Visible { get; }

    /// <summary>Hidden output tokens of each choice.</summary>
    public long Reasoning { get; }

    public int Choices => _choices;

    /// <summary>True when the output limit ended the answer.</summary>
    public bool CutByLimit { get; }

    /// <summary>Input without any output: what a call costs before its first token.</summary>
    public Usage InputOnly => Produced(0, 0);

    /// <summary>What the whole answer reports.</summary>
    public Usage Reported => _answer.Reported ?? Produced(Visible * _choices, Reasoning * _choices);

    public void BillInput() => _call.Billed = InputOnly;

    /// <summary>Charges for the tokens shown so far, over all choices; reasoning comes before them.</summary>
    public void BillShown(long visible) => _call.Billed = Produced(visible, Reasoning * _choices);

    public void BillWhole() => _call.Billed = Reported;

    private Usage Produced(long visible, long reasoning) => Usage.Inclusive(
        _call.Request.InputTokens,
        _answer.CachedTokens,
        _answer.CacheWriteTokens,
        _answer.CacheWriteLongTokens,
        visible + reasoning,
        reasoning);
}
