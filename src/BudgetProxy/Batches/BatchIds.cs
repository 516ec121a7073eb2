using System.Buffers.Binary;

namespace BudgetProxy.Batches;

/// <summary>Ids of what comes of a batch, made from its own, so that nothing of it can be booked twice.</summary>
internal static class BatchIds
{
    /// <summary>
    /// The id of a line's ledger entry: the batch's own with the line's number in its random part. Different for each line, never the batch's own, and beside it
    /// in order. The last four bytes stay: in them <see cref="Reservations.Entries"/> makes the ids of entries that adjust others.
    /// </summary>
    /// <param name="line">From 0; below 2^24 - 1, so that the id stays a version 7.</param>
    public static Guid OfLine(Guid batch, int line)
    {
        Span<byte> bytes = stackalloc byte[16];
        batch.TryWriteBytes(bytes, bigEndian: true, out _);
        var random = bytes[8..12];
        BinaryPrimitives.WriteUInt32BigEndian(random, BinaryPrimitives.ReadUInt32BigEndian(random) ^ ((uint)line + 1));
        return new Guid(bytes, bigEndian: true);
    }
}
