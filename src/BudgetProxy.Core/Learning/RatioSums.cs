using System.Runtime.CompilerServices;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Learning;

/// <summary>
/// Least squares of a text's ratio (the model's own tokens to the stand-in's) over the shares of its scripts, each call weighing the same, as sums that
/// fade. Pulled a little towards the common ratio (ridge regression: Hoerl and Kennard, Technometrics 12, 1970), so that a script
/// seldom seen is guessed at what the others have.
/// </summary>
internal struct RatioSums
{
    /// <summary>Numbers held: the lower triangle of the products, the products with the ratio, the ratio's own sum and the weight.</summary>
    private const int Length = Products + ScriptMix.Scripts + 2;

    private const int Products = ScriptMix.Scripts * (ScriptMix.Scripts + 1) / 2;
    private const int RatioSum = Length - 2;
    private const int Weight = Length - 1;

    /// <summary>Weight of the common ratio against that of one call: the noise of a ratio, 2 %, to the spread between scripts, 15 %, squared.</summary>
    private const double Pull = 0.02;

    /// <summary>Weight of the measured ratio of the rate row against that of one call.</summary>
    private const double StartWeight = 0.5;

    /// <summary>No script is expected below this share of the common ratio, nor above the inverse: ratios differ by up to 15 % between scripts, doubled for safety.</summary>
    private const double LeastShare = 0.7;

    private Sums _sums;

    [InlineArray(Length)]
    private struct Sums
    {
        private double _first;
    }

    public void Add(in ScriptShares shares, double ratio)
    {
        for (var i = 0; i < Length; i++)
            _sums[i] *= Decay.Slow;
        for (var i = 0; i < ScriptMix.Scripts; i++)
        {
            for (var j = 0; j <= i; j++)
                _sums[At(i, j)] += shares[i] * shares[j];
            _sums[Products + i] += shares[i] * ratio;
        }

        _sums[RatioSum] += ratio;
        _sums[Weight] += 1;
    }

    /// <summary>Adds what calls after these taught.</summary>
    /// <param name="fade">What is left of the earlier sums after the later calls.</param>
    public void Append(in RatioSums later, double fade)
    {
        for (var i = 0; i < Length; i++)
            _sums[i] = _sums[i] * fade + later._sums[i];
    }

    public readonly void Write(BinaryWriter writer)
    {
        for (var i = 0; i < Length; i++)
            writer.Write(_sums[i]);
    }

    /// <exception cref="InvalidDataException">It was not written by <see cref="Write"/>.</exception>
    public void Read(BinaryReader reader)
    {
        for (var i = 0; i < Length; i++)
            _sums[i] = reader.ReadDouble() is >= 0 and <= 1e6 and var sum ? sum : throw new InvalidDataException("A sum is out of its range.");
    }

    /// <summary>The ratio to expect of a text.</summary>
    /// <param name="start">The ratio before anything was learned.</param>
    /// <param name="leverage">
    /// How far the text lies from those that taught, in calls: 1/n for one like all n of them, large for a script never met. The variance of the ratio
    /// in proportion to a call's.
    /// </param>
    public readonly double Predict(in ScriptShares shares, double start, out double leverage)
    {
        // The products with the pull on their diagonal are L Lᵀ; with Lw = shares and Lz = right side, the ratio is w·z and the leverage w·w.
        Span<double> lower = stackalloc double[Products];
        var common = Common(start);
        Span<double> w = stackalloc double[ScriptMix.Scripts];
        Span<double> z = stackalloc double[ScriptMix.Scripts];
        double ratio = 0;
        leverage = 0;
        for (var i = 0; i < ScriptMix.Scripts; i++)
        {
            var (left, right) = (shares[i], _sums[Products + i] + Pull * common);
            for (var j = 0; j <= i; j++)
            {
                var sum = _sums[At(i, j)] + (i == j ? Pull : 0);
                for (var k = 0; k < j; k++)
                    sum -= lower[At(i, k)] * lower[At(j, k)];
                lower[At(i, j)] = i == j ? Math.Sqrt(Math.Max(sum, Pull / 2)) : sum / lower[At(j, j)];
            }

            for (var k = 0; k < i; k++)
            {
                left -= lower[At(i, k)] * w[k];
                right -= lower[At(i, k)] * z[k];
            }

            w[i] = left / lower[At(i, i)];
            z[i] = right / lower[At(i, i)];
            ratio += w[i] * z[i];
            leverage += w[i] * w[i];
        }

        // A script met only in small shares is guessed from small differences: it may not lead far from the others.
        return Math.Clamp(ratio, common * LeastShare, common / LeastShare);
    }

    /// <summary>The ratio of all texts that taught, whatever their scripts.</summary>
    public readonly double Common(double start) => (_sums[RatioSum] + StartWeight * start) / (_sums[Weight] + StartWeight);

    private static int At(int row, int column) => row * (row + 1) / 2 + column;
}
