namespace BudgetProxy.Core.Learning;

/// <summary>What is known of one key, used under its own lock and never across another's.</summary>
internal sealed class LearnedEntry
{
    private readonly Lock _lock = new();
    private LearnedPart _known = new();

    /// <summary>What of it no store has yet; null = nothing.</summary>
    private LearnedPart? _unsaved;

    /// <summary>When it last learned, on the learner's count of lessons.</summary>
    public long LastLesson { get; set; }

    /// <summary>The ratio to expect of a text; 0 = fewer calls have taught than are needed.</summary>
    public double Predict(in ScriptShares shares, double start, long needed, out double factor, out double excess)
    {
        lock (_lock)
        {
            factor = 0;
            excess = _known.Input?.Excess ?? 1;
            return _known.Input is { } input && input.Calls >= needed ? input.Predict(shares, start, out factor) : 0;
        }
    }

    /// <summary>Half of the answers were shorter, in tokens; null = fewer calls have taught than are needed.</summary>
    public long? MedianOutput(long needed)
    {
        lock (_lock)
            return _known.Output is { } output && output.Calls >= needed ? output.Median : null;
    }

    public void LearnInput(in ScriptShares shares, double start, double ratio)
    {
        lock (_lock)
            InputOf(_known).Learn(shares, start, ratio, InputOf(_unsaved ??= new LearnedPart()));
    }

    public void Exceed(double excess)
    {
        lock (_lock)
        {
            InputOf(_known).Exceed(excess);
            InputOf(_unsaved ??= new LearnedPart()).Exceed(excess);
        }
    }

    /// <summary>The largest ratio of a call to its static bound; 1 = none was above.</summary>
    public double Excess
    {
        get
        {
            lock (_lock)
                return _known.Input?.Excess ?? 1;
        }
    }

    public void Within()
    {
        lock (_lock)
        {
            InputOf(_known).Within();
            InputOf(_unsaved ??= new LearnedPart()).Within();
        }
    }

    public void LearnOutput(long tokens)
    {
        lock (_lock)
        {
            OutputOf(_known).Learn(tokens);
            OutputOf(_unsaved ??= new LearnedPart()).Learn(tokens);
        }
    }

    /// <summary>What no store has yet, which from now on counts as saved; null = nothing.</summary>
    public LearnedPart? TakeUnsaved()
    {
        lock (_lock)
        {
            var unsaved = _unsaved;
            _unsaved = null;
            return unsaved;
        }
    }

    /// <summary>It was taken and could not be saved.</summary>
    public void GiveBack(LearnedPart unsaved)
    {
        lock (_lock)
        {
            if (_unsaved is { } later)
                unsaved.Append(later);
            _unsaved = unsaved;
        }
    }

    /// <summary>The store has this of all proxies; what is not in it yet comes on top.</summary>
    public void Replace(LearnedPart stored)
    {
        lock (_lock)
        {
            if (_unsaved is { } later)
                stored.Append(later);
            _known = stored;
        }
    }

    private static InputSketch InputOf(LearnedPart part) => part.Input ??= new InputSketch();

    private static OutputSketch OutputOf(LearnedPart part) => part.Output ??= new OutputSketch();
}
