using System.Collections.Concurrent;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Learning;

/// <summary>
/// Learns from the provider's own counts how many tokens a model without a public tokenizer makes of a text, and how long its answers are. What it is
/// asked before a call allocates nothing. The README of this folder says what it promises. Safe for any number of threads.
/// </summary>
/// <param name="capacity">Sketches kept at most, each up to 3 KB; then those that learned nothing for longest are dropped.</param>
public sealed class Learner(int capacity = Learner.DefaultCapacity)
{
    public const int DefaultCapacity = 16_384;

    /// <summary>Calls of its own after which a tenant's Worst is learned, and its Expected rests on them alone.</summary>
    public const int OwnCalls = 50;

    /// <summary>Calls of all tenants after which they stand in for Expected.</summary>
    public const int PooledCalls = 10;

    /// <summary>Answers after which the median of a tenant is what is expected.</summary>
    public const int OutputCalls = 20;

    /// <summary>A text of fewer tokens teaches no ratio: the frame's own uncertainty would be in it.</summary>
    private const long ShortestText = 200;

    /// <summary>From here on, a text above its static bound raises it.</summary>
    private const long ShortestExcess = 16;

    /// <summary>Ratios outside are a provider's slip, or not of this text.</summary>
    private const double SmallestRatio = 0.2;
    private const double LargestRatio = 6;

    /// <summary>The count of a short text strays more: room for this many roots of it, in tokens.</summary>
    private const double ShortTextMargin = 2;

    /// <summary>Worst is never below nine tenths of the measured ratio on the rate row, nor below the stand-in's own count.</summary>
    private const double FloorShare = 0.9;

    /// <summary>Above the largest excess remembered.</summary>
    private const double ExcessMargin = 1.05;

    private readonly ConcurrentDictionary<LearnedKey, LearnedEntry> _entries = new();
    private readonly Lock _dropping = new();
    private long _lessons;

    /// <summary>Sketches held.</summary>
    public int Count => _entries.Count;

    /// <summary>
    /// The estimate as the model's past counts have it. Its best guess rests on the tenant's own calls, else on all tenants'; its bound moves by the
    /// tenant's own alone: down to what they leave likely, up where one has exceeded it.
    /// </summary>
    /// <param name="key">The tenant's own.</param>
    /// <param name="estimate">As counted, with nothing learned in it; one by the model's own tokenizer is only ever raised.</param>
    public InputEstimate Refine(in LearnedKey key, ModelProfile profile, in InputEstimate estimate)
    {
        var mix = estimate.Mix;
        if (profile.HasOwnTokenizer)
            return Raise(key, estimate);
        if (mix.Counted == 0)
            return estimate;
        var start = profile.ExpectedPercent / 100.0;
        var shares = ScriptShares.Of(mix.Scripts);
        var (factor, excess) = (0.0, 1.0);
        var ratio = _entries.TryGetValue(key, out var own) ? own.Predict(shares, start, OwnCalls, out factor, out excess) : 0;
        var isOwn = ratio > 0;
        if (!isOwn && _entries.TryGetValue(key.Pooled, out var pooled))
            ratio = pooled.Predict(shares, start, PooledCalls, out _, out _);

        var text = Math.Max(ratio, 0) * mix.Counted;
        // A bound of the model's window does not follow its texts.
        var bound = estimate.Bound == mix.RulesBound + mix.TextBound
            ? mix.RulesBound + BoundOf(mix, profile, isOwn ? text * factor : double.MaxValue, excess)
            : estimate.Bound;
        var tokens = ratio > 0 ? mix.Rules + (long)Math.Ceiling(text) : estimate.Tokens;
        return estimate with { Tokens = Math.Min(tokens, bound), Bound = bound, Pooled = ratio > 0 && !isOwn };
    }

    /// <summary>Output tokens to expect of one answer: the median of the tenant's own on this model; null = not known yet.</summary>
    public long? ExpectedOutput(in LearnedKey key) => _entries.TryGetValue(key, out var own) ? own.MedianOutput(OutputCalls) : null;

    /// <summary>Learns from a call's input as the provider counted it. What can't be told apart from other input teaches nothing.</summary>
    /// <param name="key">The tenant's own; all tenants' is taught as well.</param>
    /// <param name="mix">Of the estimate before the call.</param>
    /// <param name="actual">All input tokens that the provider reported, cached ones included.</param>
    public void LearnInput(in LearnedKey key, ModelProfile profile, in InputMix mix, long actual)
    {
        if (!mix.Separable)
            return;
        if (profile.HasOwnTokenizer)
            LearnExcess(key, mix.RulesBound, actual);
        if (mix.Counted == 0 || actual <= mix.Rules)
            return;
        if (mix.Counted >= ShortestExcess && actual > mix.RulesBound + mix.TextBound)
            EntryOf(key).Exceed((actual - mix.RulesBound) / (double)mix.TextBound);
        var ratio = (actual - mix.Rules) / (double)mix.Counted;
        // Where the rules are most of it, so would their errors be.
        if (mix.Counted < ShortestText || mix.Counted < mix.Rules || ratio is < SmallestRatio or > LargestRatio)
            return;
        var shares = ScriptShares.Of(mix.Scripts);
        EntryOf(key).LearnInput(shares, profile.ExpectedPercent / 100.0, ratio);
        EntryOf(key.Pooled).LearnInput(shares, profile.ExpectedPercent / 100.0, ratio);
    }

    /// <summary>Learns from the length of an answer.</summary>
    /// <param name="tokens">Output tokens of one answer, as the provider counted.</param>
    public void LearnOutput(in LearnedKey key, long tokens) => EntryOf(key).LearnOutput(tokens);

    /// <summary>What was learned since it was last taken, of at most so many keys. Whoever can't save it gives it back.</summary>
    public List<(LearnedKey Key, LearnedPart Part)> TakeUnsaved(int most)
    {
        var taken = new List<(LearnedKey, LearnedPart)>();
        foreach (var (key, entry) in _entries)
        {
            if (taken.Count == most)
                break;
            if (entry.TakeUnsaved() is { } part)
                taken.Add((key, part));
        }

        return taken;
    }

    /// <summary>What was taken could not be saved: it comes before what was learned since.</summary>
    public void GiveBack(in LearnedKey key, LearnedPart part) => HeldOf(key).GiveBack(part);

    /// <summary>The store has this of all proxies: it takes the place of what is known here, and what is not saved yet comes on top.</summary>
    public void Replace(in LearnedKey key, LearnedPart stored) => EntryOf(key).Replace(stored);

    /// <summary>Drops what was learned of tenants that are no more.</summary>
    public void Forget(Func<string, bool> isGone)
    {
        foreach (var (key, _) in _entries)
        {
            if (!key.IsPooled && isGone(key.Tenant))
                _entries.TryRemove(key, out _);
        }
    }

    // What the model's own tokenizer counted has a bound that only a call above it can move.
    private InputEstimate Raise(in LearnedKey key, in InputEstimate estimate) =>
        estimate.Bound == estimate.Mix.RulesBound && estimate.Bound >= ShortestText && _entries.TryGetValue(key, out var own) && own.Excess is > 1 and var excess
            ? estimate with { Bound = (long)Math.Ceiling(estimate.Bound * excess * ExcessMargin), Method = Weaker(estimate.Method) }
            : estimate;

    private static CountMethod Weaker(CountMethod method) => method == CountMethod.Exact ? CountMethod.Calibrated : method;

    // Of a short call a few tokens of its frame would be a large share, and every long one would pay for it.
    private void LearnExcess(in LearnedKey key, long bound, long actual)
    {
        if (bound < ShortestText)
            return;
        if (actual > bound)
            EntryOf(key).Exceed(actual / (double)bound);
        else if (_entries.TryGetValue(key, out var own) && own.Excess > 1)
            own.Within();
    }

    private static long BoundOf(in InputMix mix, ModelProfile profile, double likely, double excess)
    {
        var ceiling = excess > 1 ? mix.TextBound * excess * ExcessMargin : mix.TextBound;
        var floor = mix.Counted * Math.Max(profile.ExpectedPercent * FloorShare, 100) / 100;
        var bound = Math.Min(Math.Max(likely + ShortTextMargin * Math.Sqrt(mix.Counted), floor), ceiling);
        return (long)Math.Ceiling(bound);
    }

    private LearnedEntry EntryOf(in LearnedKey key)
    {
        var entry = HeldOf(key);
        entry.LastLesson = Interlocked.Increment(ref _lessons);
        return entry;
    }

    private LearnedEntry HeldOf(in LearnedKey key)
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            if (_entries.Count >= capacity)
                DropOldest();
            entry = _entries.GetOrAdd(key, static _ => new LearnedEntry());
        }

        return entry;
    }

    // An eighth at once, so that a full learner does not sort for every new key.
    private void DropOldest()
    {
        lock (_dropping)
        {
            if (_entries.Count < capacity)
                return;
            foreach (var (key, _) in _entries.OrderBy(static entry => entry.Value.LastLesson).Take(Math.Max(capacity / 8, 1)).ToList())
                _entries.TryRemove(key, out _);
        }
    }
}
