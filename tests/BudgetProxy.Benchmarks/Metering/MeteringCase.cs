using System.Globalization;

namespace BudgetProxy.Benchmarks.Metering;

/// <summary>One row of the table.</summary>
internal sealed class MeteringCase(string name, byte[][] pieces, Func<byte[][], long> work)
{
    public byte[][] Pieces { get; } = pieces;

    public Func<byte[][], long> Work { get; } = work;

    public double BestMicroseconds { get; set; } = double.MaxValue;

    public long Allocated { get; set; }

    public string Row()
    {
        var bytes = Pieces.Sum(piece => (long)piece.Length);
        return string.Create(CultureInfo.InvariantCulture, $"| {name} | {bytes:N0} | {bytes / BestMicroseconds:N0} | {BestMicroseconds:N1} | {Allocated:N0} |");
    }
}
