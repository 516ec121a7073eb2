using BudgetProxy.Core.Requests;

namespace BudgetProxy.Forwarding;

/// <summary>The body as it goes upstream: the bytes that were priced, with at most one splice. Read once, never copied.</summary>
public sealed class SplicedStream(ReadOnlyMemory<byte> body, BodySplice splice) : Stream
{
    private long _position;

    /// <summary>True once anything was read: the connection stands and bytes go out, so the provider may have begun.</summary>
    public bool Started { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => body.Length - splice.Removed + splice.Inserted.Length;

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

    private ReadOnlyMemory<byte> PieceAt(long position)
    {
        if (splice.IsNone)
            return body[(int)position..];
        if (position < splice.Start)
            return body[(int)position..splice.Start];
        position -= splice.Start;
        if (position < splice.Inserted.Length)
            return splice.Inserted[(int)position..];
        return body[(int)(splice.Start + splice.Removed + position - splice.Inserted.Length)..];
    }
}
