using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using BudgetProxy.Core.Metering;

namespace BudgetProxy.Forwarding;

/// <summary>
/// Stands where the client's response body stands while the provider's answer is copied. A streamed answer passes through its meter as it
/// comes; one that is not streamed is held back whole, so that its cost can still become a header; a free one just passes.
/// </summary>
public sealed class AnswerStream(Stream client, PipeWriter writer) : Stream
{
    /// <summary>An answer above this is passed on as it comes, and no usage is read from it.</summary>
    public const int MaxHeldBytes = 64 * 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _passing = new();
    private StreamMeter? _meter;
    private bool _framed;
    private byte[]? _held;
    private int _heldLength;

    /// <summary>Set when the client has gone: what comes is still metered, but goes nowhere.</summary>
    public bool ClientGone { get; set; }

    /// <summary>The whole answer when it was held back.</summary>
    public ReadOnlySpan<byte> Held => _held.AsSpan(0, _heldLength);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Passes what comes through the meter.</summary>
    /// <param name="framed">
    /// True = write HTTP/1.1 chunks ourselves, since Kestrel sends trailers in HTTP/2 and 3 only; the answer then says <c>Transfer-Encoding: chunked</c>.
    /// </param>
    public void Meter(StreamMeter meter, bool framed)
    {
        _meter = meter;
        _framed = framed;
    }

    public void Hold(long? expectedLength) => _held = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(expectedLength ?? 0, 4096, MaxHeldBytes));

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_meter is { PassesAll: true })
        {
            _meter.Observe(buffer.Span);
            await SendAsync(buffer);
        }
        else if (_meter is not null)
        {
            _meter.Pass(buffer.Span, _passing);
            await SendPassingAsync();
        }
        else if (_held is not null)
        {
            await HoldAsync(buffer);
        }
        else
        {
            await client.WriteAsync(buffer, cancellationToken);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>The provider's stream has ended: passes on what the meter held back.</summary>
    public async ValueTask CompleteStreamAsync()
    {
        _meter!.Complete(_passing);
        await SendPassingAsync();
    }

    /// <summary>The stream was given up: what the meter held back goes nowhere.</summary>
    public void DropStream()
    {
        _meter!.Complete(_passing);
        _passing.ResetWrittenCount();
    }

    /// <summary>Ends a stream of our own chunks with one trailer.</summary>
    public async ValueTask EndChunksAsync(string trailer, string value)
    {
        if (!_framed || ClientGone)
            return;
        Encoding.ASCII.GetBytes($"0\r\n{trailer}: {value}\r\n\r\n", writer);
        await writer.FlushAsync();
    }

    /// <summary>Sends the held answer to the client.</summary>
    public async ValueTask SendHeldAsync()
    {
        if (_heldLength > 0 && !ClientGone)
            await client.WriteAsync(_held.AsMemory(0, _heldLength));
    }

    /// <summary>Forgets the held answer: another one takes its place.</summary>
    public void DropHeld() => _heldLength = 0;

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        _held is null && _meter is null ? client.FlushAsync(cancellationToken) : Task.CompletedTask;

    public override void Flush() => throw new NotSupportedException("Answers are written asynchronously.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Answers are written asynchronously.");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && _held is { } held)
        {
            _held = null;
            _heldLength = 0;
            ArrayPool<byte>.Shared.Return(held);
        }

        base.Dispose(disposing);
    }

    private async ValueTask SendPassingAsync()
    {
        await SendAsync(_passing.WrittenMemory);
        _passing.ResetWrittenCount();
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty || ClientGone)
            return;
        WriteFramed(bytes.Span);
        // Never cancelled by the call's own token: a slow client is Kestrel's to cut, by its minimum rate.
        await writer.FlushAsync(CancellationToken.None);
    }

    private void WriteFramed(ReadOnlySpan<byte> bytes)
    {
        if (!_framed)
        {
            writer.Write(bytes);
            return;
        }

        Span<byte> size = stackalloc byte[10];
        bytes.Length.TryFormat(size, out var digits, "x", CultureInfo.InvariantCulture);
        "\r\n"u8.CopyTo(size[digits..]);
        writer.Write(size[..(digits + 2)]);
        writer.Write(bytes);
        writer.Write("\r\n"u8);
    }

    private async ValueTask HoldAsync(ReadOnlyMemory<byte> buffer)
    {
        if (_heldLength + buffer.Length > MaxHeldBytes)
        {
            await SendHeldAsync();
            Dispose();
            await client.WriteAsync(buffer);
            return;
        }

        if (_heldLength + buffer.Length > _held!.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_heldLength + buffer.Length, _held.Length * 2));
            Held.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_held);
            _held = larger;
        }

        buffer.Span.CopyTo(_held.AsSpan(_heldLength));
        _heldLength += buffer.Length;
    }
}
