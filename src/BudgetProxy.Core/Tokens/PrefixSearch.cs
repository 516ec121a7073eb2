using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// One prompt against the prefixes that its tenant had in the provider's cache. Two kinds of cache: one that cuts prefixes in steps (OpenAI before GPT-5.6),
/// which holds every block's end; and one that holds the ends of marked blocks, and finds them from a marker up to twenty blocks back (Anthropic; OpenAI since).
/// Sources: OpenAI and Anthropic prompt-caching pages, 2026-08.
/// </summary>
internal readonly ref struct PrefixSearch(ProviderRequest request, CachedModel model, TenantShare<CachedPrefix> known, long now)
{
    /// <summary>Blocks before a marker in which a cached prefix may end (Anthropic and OpenAI prompt-caching pages, 2026-08).</summary>
    private const int LookBack = 20;

    /// <summary>A long conversation learns its newest ends and its head, so that it does not push the tenant's others out.</summary>
    private const int NewestEnds = 64;
    private const int HeadEnds = 4;

    private readonly Span<PromptBlock> _blocks = request.Blocks.All;

    public CacheForecast Foretell(long input)
    {
        var at = Deepest(out var prefix);
        if (model.InSteps)
            return new CacheForecast(prefix.Tokens / model.Step * model.Step, 0, 0);

        var (all, head) = (Sum(_blocks.Length), Sum(at + 1));
        var (length, read) = (head, prefix.Tokens);
        var (brief, extended, reached) = (0L, 0L, read);
        for (var i = at + 1; i < _blocks.Length; i++)
        {
            length += _blocks[i].Tokens;
            var end = read + Scaled(length - head, input, all);
            if (MarkerOf(i) is not (var write and not CacheWrite.None) || end < model.Least)
                continue;
            if (write == CacheWrite.Long)
                extended += end - reached;
            else
                brief += end - reached;
            reached = end;
        }

        return new CacheForecast(read, brief, extended);
    }

    public void Learn(in Usage usage)
    {
        if (model.InSteps)
            LearnEnds(usage.TotalInput);
        else
            LearnMarked(usage.CachedInput, usage.CachedInput + usage.CacheWriteShort + usage.CacheWriteLong);
    }

    private void LearnEnds(long total)
    {
        var all = Sum(_blocks.Length);
        var length = 0L;
        for (var i = 0; i < _blocks.Length; i++)
        {
            length += _blocks[i].Tokens;
            var tokens = i == _blocks.Length - 1 ? total : Scaled(length, total, all);
            if (tokens >= model.Least && (i < HeadEnds || i >= _blocks.Length - NewestEnds))
                Keep(i, tokens, model.Lifetime(request.KeepsCacheForDay).Ticks, measured: i == _blocks.Length - 1);
        }
    }

    /// <param name="read">Tokens that were read.</param>
    /// <param name="reached">Tokens up to the last marker: read and written together.</param>
    private void LearnMarked(long read, long reached)
    {
        if (reached == 0)
            return;
        var hit = default(CachedPrefix);
        var at = read > 0 ? Deepest(out hit) : -1;
        if (at >= 0)
            Keep(at, hit.Tokens, hit.Lifetime, measured: false);
        var last = LastMarker();
        var (length, whole) = (0L, Sum(last + 1));
        for (var i = 0; i <= last; i++)
        {
            length += _blocks[i].Tokens;
            var tokens = i == last ? reached : Scaled(length, reached, whole);
            // Only what was read is refreshed, not the shorter prefixes in it.
            if (i > at && MarkerOf(i) is var write and not CacheWrite.None && tokens >= model.Least)
                Keep(i, tokens, model.Lifetime(write == CacheWrite.Long).Ticks, measured: i == last);
        }
    }

    /// <summary>The deepest block whose prefix is known to be cached and can be found; -1 = none.</summary>
    private int Deepest(out CachedPrefix prefix)
    {
        var left = model.InSteps ? int.MaxValue : 0;
        for (var i = _blocks.Length - 1; i >= 0; i--)
        {
            if (!model.InSteps && MarkerOf(i) != CacheWrite.None)
                left = LookBack + 1;
            if (left <= 0 || _blocks[i].Section == PromptSection.Settings)
                continue;
            left--;
            if (known.TryFind(_blocks[i].Prefix, out prefix) && prefix.Until > now && prefix.Tokens >= model.Least)
                return i;
        }

        prefix = default;
        return -1;
    }

    // What was measured stays; an estimate gives way to it.
    private void Keep(int at, long tokens, long lifetime, bool measured)
    {
        if (known.TryFind(_blocks[at].Prefix, out var earlier) && earlier.Until > now)
        {
            lifetime = Math.Max(lifetime, earlier.Lifetime);
            tokens = measured ? tokens : earlier.Tokens;
        }

        known.Put(_blocks[at].Prefix, new CachedPrefix(tokens, now + lifetime, lifetime));
    }

    private CacheWrite MarkerOf(int at)
    {
        ref var block = ref _blocks[at];
        if (at < _blocks.Length - 1 || block.Marker != CacheWrite.None)
            return block.Marker;
        if (request.Blocks.AtEnd != CacheWrite.None || !model.WritesUnasked || request.CacheOnlyMarked)
            return request.Blocks.AtEnd;
        return request.CacheWrite == CacheWrite.Long ? CacheWrite.Long : CacheWrite.Short;
    }

    private int LastMarker()
    {
        var at = _blocks.Length - 1;
        while (at >= 0 && MarkerOf(at) == CacheWrite.None)
            at--;
        return at;
    }

    private long Sum(int count)
    {
        var sum = 0L;
        foreach (ref var block in _blocks[..count])
            sum += block.Tokens;
        return sum;
    }

    private static long Scaled(long part, long whole, long sum) => sum == 0 ? 0 : (long)((Int128)part * whole / sum);
}
