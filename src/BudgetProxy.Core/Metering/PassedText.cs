using System.Buffers;
using System.Buffers.Binary;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Metering;

/// <summary>
/// The output text that passed, counted when somebody asks or the buffer is full: most streams end with the provider's own usage, and
/// never pay for a count. Each delta is counted for itself. A delta is a whole number of the model's tokens, so this is what the model made
/// or slightly more where deltas don't fall on token borders; a count of the joined text would miss tokens that only merge on paper.
/// </summary>
internal sealed class PassedText(TokenCounter counter)
{
    private const int Capacity = 8192;
    private byte[] _buffer = [];
    private int _length;
    private long _counted;

    /// <summary>Takes the inside of a JSON string, still escaped.</summary>
    public void Add(ReadOnlySpan<byte> escaped)
    {
        if (escaped.IsEmpty) return;
        var needed = escaped.Length + sizeof(ushort);
        if (needed > Capacity)
        {
            _counted += counter.CountJsonString(escaped);
            return;
        }

        if (_buffer.Length == 0) _buffer = ArrayPool<byte>.Shared.Rent(Capacity);
        if (_length + needed > Capacity) Count();
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(_length), (ushort)escaped.Length);
        escaped.CopyTo(_buffer.AsSpan(_length + sizeof(ushort)));
        _length += needed;
    }

    /// <summary>Tokens of all that was added.</summary>
    public long Count()
    {
        var rest = _buffer.AsSpan(0, _length);
        while (!rest.IsEmpty)
        {
            var size = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            _counted += counter.CountJsonString(rest.Slice(sizeof(ushort), size));
            rest = rest[(sizeof(ushort) + size)..];
        }

        _length = 0;
        return _counted;
    }

    /// <summary>Counts if <paramref name="needed"/>, else forgets what is not counted yet, and gives the buffer back.</summary>
    public void Release(bool needed)
    {
        if (needed) Count();
        _length = 0;
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}
