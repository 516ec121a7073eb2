using System.Buffers.Binary;

namespace BudgetProxy.Billing;

/// <summary>
/// Ids of buckets, version 7: those of one instant in ascending order, so that the rows that a cut writes stand side by side in the index of ids. For one thread.
/// </summary>
internal sealed class BucketIds
{
    /// <summary>Half of the random bits of the lower half, so that there is always room to count on.</summary>
    private const ulong Room = 1UL << 61;

    private long _instant = long.MinValue;
    private ulong _upper;
    private ulong _lower;

    /// <param name="now">Whole milliseconds count.</param>
    public Guid Next(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (now.ToUnixTimeMilliseconds() == _instant)
        {
            _lower++;
        }
        else
        {
            _instant = now.ToUnixTimeMilliseconds();
            Guid.CreateVersion7(now).TryWriteBytes(bytes, bigEndian: true, out _);
            (_upper, _lower) = (BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) & ~Room);
        }

        BinaryPrimitives.WriteUInt64BigEndian(bytes, _upper);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _lower);
        return new Guid(bytes, bigEndian: true);
    }
}
