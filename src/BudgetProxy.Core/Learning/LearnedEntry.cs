namespace BudgetProxy.Core.Learning;

/// <summary>What is known of one key, used under its own lock and never across another's.</summary>
internal sealed class LearnedEntry
{
    private readonly Lock _lock = new();
    private InputSketch? _input;
    private OutputSketch? _output;

    /// <summary>When it last learned, on the learner's count of lessons.</summary>
    public long LastLesson { get; set; }

    /// <summary>The ratio to expect of a text; 0 = fewer calls have taught than are needed.</summary>
    public double Predict(in ScriptShares shares, double start, long needed, out double factor, out double excess)
    {
        lock (_lock)
        {
            factor = 0;
            excess = _input?.Excess ?? 1;
            return _input is { } input && input.Calls >= needed ? input.Predict(shares, start, out factor) : 0;
        }
    }

    /// <summary>Half of the answers were shorter, in tokens; null = fewer calls have taught than are needed.</summary>
    public long? MedianOutput(long needed)
    {
        lock (_lock)
            return _output is { } output && output.Calls >= needed ? output.Median : null;
    }

    public void LearnInput(in ScriptShares shares, double start, double ratio)
    {
        lock (_lock)
            (_input ??= new InputSketch()).Learn(shares, start, ratio);
    }

    public void Exceed(double excess)
    {
        lock (_lock)
            (_input ??= new InputSketch()).Exceed(excess);
    }

    public void LearnOutput(long tokens)
    {
        lock (_lock)
            (_output ??= new OutputSketch()).Learn(tokens);
    }
}
