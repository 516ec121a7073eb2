namespace BudgetProxy.Core.Learning;

/// <summary>
/// Weights of a positive quantity by its logarithm, fading call by call. Values outside its range count in its first or last bucket. Not safe for
/// several threads.
/// </summary>
/// <param name="lowest">Where the first bucket begins; above 0.</param>
/// <param name="perDoubling">Buckets for each doubling: a bucket is 2^(1/n) wide.</param>
/// <param name="buckets">How many, at least 1.</param>
internal sealed class Histogram(double lowest, int perDoubling, int buckets)
{
    /// <summary>The weight of a call grows instead of all others fading; from here it is set back to 1.</summary>
    private const double LargestUnit = 1e12;

    private readonly float[] _weights = new float[buckets];
    private double _unit = 1;

    public void Add(double value)
    {
        _unit /= Decay.Slow;
        _weights[BucketOf(value)] += (float)_unit;
        if (_unit > LargestUnit)
            Rescale();
    }

    /// <summary>The upper end of the highest bucket that still holds this much of one call's weight; 0 = none does.</summary>
    public double Top(double weight)
    {
        for (var i = _weights.Length - 1; i >= 0; i--)
        {
            if (_weights[i] >= weight * _unit)
                return ValueAt(i + 1);
        }

        return 0;
    }

    /// <summary>The value that this share of the weight lies below, its place within a bucket interpolated; 0 when empty.</summary>
    /// <param name="share">Above 0, at most 1.</param>
    public double Quantile(double share)
    {
        double all = 0;
        foreach (var weight in _weights)
            all += weight;
        double below = 0;
        for (var i = 0; i < _weights.Length; i++)
        {
            if (_weights[i] > 0 && below + _weights[i] >= share * all)
                return ValueAt(i + ((share * all) - below) / _weights[i]);
            below += _weights[i];
        }

        return 0;
    }

    /// <summary>Adds what calls after these taught.</summary>
    /// <param name="fade">What is left of the earlier weights after the later calls.</param>
    public void Append(Histogram later, double fade)
    {
        Rescale();
        for (var i = 0; i < _weights.Length; i++)
            _weights[i] = (float)(_weights[i] * fade + later._weights[i] / later._unit);
    }

    public void Write(BinaryWriter writer)
    {
        foreach (var weight in _weights)
            writer.Write((float)(weight / _unit));
    }

    /// <summary>Fills an empty one.</summary>
    /// <exception cref="InvalidDataException">It was not written by <see cref="Write"/>.</exception>
    public void Read(BinaryReader reader)
    {
        for (var i = 0; i < _weights.Length; i++)
            _weights[i] = reader.ReadSingle() is >= 0 and <= 1e9f and var weight ? weight : throw new InvalidDataException("A weight is out of its range.");
    }

    private int BucketOf(double value) => (int)Math.Clamp(Math.Floor(Math.Log2(value / lowest) * perDoubling), 0, buckets - 1);

    private double ValueAt(double bucket) => lowest * double.Exp2(bucket / perDoubling);

    private void Rescale()
    {
        for (var i = 0; i < _weights.Length; i++)
            _weights[i] = (float)(_weights[i] / _unit);
        _unit = 1;
    }
}
