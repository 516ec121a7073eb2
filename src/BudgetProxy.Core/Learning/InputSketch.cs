namespace BudgetProxy.Core.Learning;

/// <summary>
/// What is known of a model's own tokenizer from the provider's counts: a ratio to the stand-in by script that fades slowly, a common level that follows
/// changes within tens of calls, how far calls came to lie from what was expected of them, and how far above the static bound. Not safe for
/// several threads.
/// </summary>
internal sealed class InputSketch
{
    /// <summary>Ratios of actual to expected are told apart from a quarter to four times, each 1.5 % wide.</summary>
    private const double LowestResidual = 0.25;
    private const int BucketsPerDoubling = 48;
    private const int Buckets = 4 * BucketsPerDoubling;

    /// <summary>A call's largest say in the common level, as a logarithm: a step of 50 % is followed at full speed, an answer gone wrong is not.</summary>
    private const double LargestLevel = 0.4;

    /// <summary>The largest ratio of recent calls is that of the last 1,200: what fades to this much of a call.</summary>
    private const double RecentWeight = 0.05;

    private const double Margin = 1.05;

    /// <summary>Added to the margin, divided by the number of calls: after n calls the next is the largest with a chance of 1 in n + 1.</summary>
    private const double FewCallsMargin = 2;

    /// <summary>Added for a text unlike those that taught, by the root of its leverage: ratios differ by up to 15 % between scripts, doubled for safety.</summary>
    private const double StrangeTextMargin = 0.3;

    /// <summary>The excess is never taken for more than this: no tokenizer is so far off, an answer may be.</summary>
    private const double LargestExcess = 4;

    private readonly Histogram _residuals = new(LowestResidual, BucketsPerDoubling, Buckets);
    private RatioSums _ratios;
    private double _levelSum;
    private double _levelWeight;
    private double _excess = 1;

    /// <summary>Calls that taught.</summary>
    public long Calls { get; private set; }

    /// <summary>The largest ratio of a call's text to its static bound that is remembered; 1 = none was above. Fades in thousands of calls.</summary>
    public double Excess => _excess;

    /// <summary>The ratio to expect of a text.</summary>
    /// <param name="start">The ratio before anything was learned.</param>
    /// <param name="factor">What the text may come to, as a factor of that: the largest residual of recent calls, and the margins.</param>
    public double Predict(in ScriptShares shares, double start, out double factor)
    {
        var ratio = Expect(shares, start, out var leverage);
        var strangeness = Math.Sqrt(leverage);
        // Where the scripts that taught say little, the common ratio is the safer of the two.
        var above = Math.Max(_ratios.Common(start) * Level / ratio, 1) - 1;
        factor = (_residuals.Top(RecentWeight) * (Margin + FewCallsMargin / Math.Max(Calls, 1)) + StrangeTextMargin * strangeness)
            * (1 + above * Math.Min(strangeness, 1));
        return ratio;
    }

    /// <summary>Learns from a call.</summary>
    /// <param name="ratio">Its text's tokens as the provider counted, to the stand-in's.</param>
    /// <param name="unsaved">Takes the same lesson, read against what is known here.</param>
    public void Learn(in ScriptShares shares, double start, double ratio, InputSketch unsaved)
    {
        var residual = ratio / Expect(shares, start, out _);
        var scripts = _ratios;
        scripts.Add(shares, ratio);
        // The level takes only what the scripts don't explain once they know the call: else both would learn the first calls, and overshoot.
        var level = Math.Log(ratio / scripts.Predict(shares, start, out _));
        Take(shares, ratio, residual, level);
        unsaved.Take(shares, ratio, residual, level);
    }

    private void Take(in ScriptShares shares, double ratio, double residual, double level)
    {
        _residuals.Add(residual);
        _ratios.Add(shares, ratio);
        _levelSum = _levelSum * Decay.Fast + Math.Clamp(level, -LargestLevel, LargestLevel);
        _levelWeight = _levelWeight * Decay.Fast + 1;
        _excess = 1 + (_excess - 1) * Decay.Excess;
        Calls++;
    }

    /// <summary>A call stayed within its static bound and taught no ratio: only for a model of which no ratio is ever learned, or it would pass for one that did.</summary>
    public void Within()
    {
        _excess = 1 + (_excess - 1) * Decay.Excess;
        Calls++;
    }

    /// <summary>A call came to lie above its static bound.</summary>
    public void Exceed(double excess) => _excess = Math.Max(_excess, Math.Min(excess, LargestExcess));

    /// <summary>Adds what calls after these taught. Every sum fades by the number of calls, so parts add up to the whole.</summary>
    public void Append(InputSketch later)
    {
        var slow = Math.Pow(Decay.Slow, later.Calls);
        var fast = Math.Pow(Decay.Fast, later.Calls);
        _residuals.Append(later._residuals, slow);
        _ratios.Append(later._ratios, slow);
        _levelSum = _levelSum * fast + later._levelSum;
        _levelWeight = _levelWeight * fast + later._levelWeight;
        _excess = Math.Max(1 + (_excess - 1) * Math.Pow(Decay.Excess, later.Calls), later._excess);
        Calls += later.Calls;
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(Calls);
        writer.Write(_levelSum);
        writer.Write(_levelWeight);
        writer.Write(_excess);
        _ratios.Write(writer);
        _residuals.Write(writer);
    }

    /// <exception cref="InvalidDataException">It was not written by <see cref="Write"/>.</exception>
    public static InputSketch Read(BinaryReader reader)
    {
        var sketch = new InputSketch
        {
            Calls = reader.ReadInt64(),
            _levelSum = reader.ReadDouble(),
            _levelWeight = reader.ReadDouble(),
            _excess = reader.ReadDouble(),
        };
        // Comparisons that a NaN fails as well.
        if (!(sketch.Calls is >= 0 and < long.MaxValue / 2 && sketch._levelWeight is >= 0 and <= 1e3
            && Math.Abs(sketch._levelSum) <= sketch._levelWeight * LargestLevel + 1e-6 && sketch._excess is >= 1 and <= LargestExcess))
            throw new InvalidDataException("A figure is out of its range.");
        sketch._ratios.Read(reader);
        sketch._residuals.Read(reader);
        return sketch;
    }

    /// <summary>It leans on one call that says nothing, so that the first calls don't swing it.</summary>
    private double Level => Math.Exp(_levelSum / (_levelWeight + 1));

    private double Expect(in ScriptShares shares, double start, out double leverage) =>
        _ratios.Predict(shares, start, out leverage) * Level;
}
