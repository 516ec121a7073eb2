namespace BudgetProxy.Core.Budgets;

/// <summary>Top-ups of one counter, or of all, in the order of their instants: what those of a stretch of time come to, without looking at each.</summary>
internal sealed class TopUpSums
{
    private readonly long[] _instants;

    /// <summary>Sums before each, and of all.</summary>
    private readonly long[] _sums;

    public TopUpSums(IEnumerable<BudgetAct> topUps)
    {
        var ordered = new List<BudgetAct>(topUps);
        ordered.Sort(static (a, b) => a.At.CompareTo(b.At));
        _instants = ordered.ConvertAll(static topUp => topUp.At.ToUnixTimeMilliseconds()).ToArray();
        _sums = new long[ordered.Count + 1];
        for (var i = 0; i < ordered.Count; i++)
            _sums[i + 1] = unchecked(_sums[i] + ordered[i].TopUp!.Value);
    }

    /// <summary>Nano-dollars of the top-ups from an instant on and before another.</summary>
    /// <param name="to">Null = without an end.</param>
    public long Between(DateTimeOffset from, DateTimeOffset? to) => unchecked(
        (to is { } end ? _sums[Before(end.ToUnixTimeMilliseconds())] : _sums[^1]) - _sums[Before(from.ToUnixTimeMilliseconds())]);

    private int Before(long instant)
    {
        int low = 0, high = _instants.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_instants[middle] < instant)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
