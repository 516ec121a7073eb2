using System.Buffers.Binary;

namespace BudgetProxy.Alerts;

/// <summary>Makes ids that sort in the order in which they were made here, also within a millisecond.</summary>
public sealed class AlertIds
{
    private const int MostInMillisecond = 0xFFF;

    private readonly Lock _lock = new();
    private long _millisecond;
    private int _count;

    /// <summary>A UUIDv7 whose 12 bits after the instant count those of its millisecond (RFC 9562, 6.2, method 1).</summary>
    public Guid Next(DateTimeOffset now)
    {
        var count = Count(now.ToUnixTimeMilliseconds());
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(now).TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)(0x7000 | count));
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>An id of a delivery, which sorts as its alert does.</summary>
    internal static Guid OfDelivery(Guid alert)
    {
        Span<byte> bytes = stackalloc byte[16];
        Span<byte> random = stackalloc byte[16];
        alert.TryWriteBytes(bytes, bigEndian: true, out _);
        Guid.CreateVersion7(DateTimeOffset.UnixEpoch).TryWriteBytes(random, bigEndian: true, out _);
        random[8..].CopyTo(bytes[8..]);
        return new Guid(bytes, bigEndian: true);
    }

    private int Count(long millisecond)
    {
        lock (_lock)
        {
            if (millisecond != _millisecond)
                (_millisecond, _count) = (millisecond, 0);
            else if (_count < MostInMillisecond)
                _count++;
            return _count;
        }
    }
}
