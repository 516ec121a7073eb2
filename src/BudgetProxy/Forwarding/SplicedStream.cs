using BudgetProxy.Core.Requests;

namespace BudgetProxy.Forwarding;

/// <summary>The body as it goes upstream: the bytes that were priced, with few splices. Read once, never copied.</summary>
public sealed class SplicedStream : Stream
{
    private readonly ReadOnlyMemory<byte> _body;

    /// <summary>In the order of the body, those that change nothing left out.</summary>
    private readonly BodySplice[] _splices;

    private long _position;

    /// <param name="splices">In any order; none overlaps another.</param>
    public SplicedStream(ReadOnlyMemory<byte> body, params ReadOnlySpan<BodySplice> splices)
    {
        _body = body;
        _splices = Ordered(splices);
        Length = body.Length;
        foreach (var splice in _splices)
            Length += splice.Inserted.Length - splice.Removed;
    }

    /// <summary>True once anything was read: the connection stands and bytes go out, so the provider may have begun.</summary>
    public bool Started { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length { get; }

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        Started = true;
        var written = 0;
        while (written < buffer.Length && _position < Length)
        {
            var piece = PieceAt(_position).Span;
            var count = Math.Min(piece.Length, buffer.Length - written);
            piece[..count].CopyTo(buffer[written..]);
            written += count;
            _position += count;
        }

        return written;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static BodySplice[] Ordered(ReadOnlySpan<BodySplice> splices)
    {
        var count = 0;
        foreach (var splice in splices)
            count += splice.IsNone ? 0 : 1;
        if (count == 0)
            return [];
        var ordered = new BodySplice[count];
        count = 0;
        foreach (var splice in splices)
        {
            if (splice.IsNone)
                continue;
            var at = count++;
            for (; at > 0 && ordered[at - 1].Start > splice.Start; at--)
                ordered[at] = ordered[at - 1];
            ordered[at] = splice;
        }

        return ordered;
    }

    /// <summary>What goes out from a position on, up to where a splice begins or ends.</summary>
    private ReadOnlyMemory<byte> PieceAt(long position)
    {
        var passed = 0;
        foreach (var splice in _splices)
        {
            if (position < splice.Start - passed)
                return _body[(int)(passed + position)..splice.Start];
            position -= splice.Start - passed;
            if (position < splice.Inserted.Length)
                return splice.Inserted[(int)position..];
            position -= splice.Inserted.Length;
            passed = splice.Start + splice.Removed;
        }

        return _body[(int)(passed + position)..];
    }
}
