using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace BudgetProxy.Demo;

/// <summary>
/// Sends one answer as its script says: late, in pieces of any length, compressed, or broken off. Every method returns false once the
/// script has broken the connection; it throws when the caller has hung up.
/// </summary>
internal sealed class SimulatedSender(HttpContext context, SimulatedCall call, SimulatedAnswer answer)
{
    private readonly CancellationToken _hungUp = context.RequestAborted;
    private readonly ArrayBufferWriter<byte> _pieces = new();
    private Stream _body = Stream.Null;
    private int _events;

    /// <summary>Status and headers.</summary>
    public async Task<bool> StartAsync(string contentType)
    {
        await Task.Delay(answer.FirstByteDelay, _hungUp);
        if (answer.Abort == SimulatedAbort.BeforeHeaders)
            return await BreakAsync();
        call.Status = answer.Status;
        var response = context.Response;
        response.StatusCode = answer.Status;
        response.ContentType = contentType;
        foreach (var (name, value) in answer.Headers)
            response.Headers[name] = value;
        if (answer.Gzip)
            response.Headers.ContentEncoding = "gzip";
        if (answer.Abort != SimulatedAbort.AfterHeaders)
            return true;
        await response.StartAsync(_hungUp);
        await response.Body.FlushAsync(_hungUp);
        return await BreakAsync();
    }

    /// <summary>A whole answer that is not streamed.</summary>
    public async Task<bool> SendWholeAsync(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        if (answer.Gzip)
            bytes = Compress(bytes);
        if (!await StartAsync("application/json"))
            return false;
        context.Response.ContentLength = bytes.Length;
        if (answer.Abort != SimulatedAbort.InBody)
        {
            await context.Response.Body.WriteAsync(bytes, _hungUp);
            return true;
        }

        await context.Response.Body.WriteAsync(bytes.AsMemory(0, bytes.Length / 2), _hungUp);
        await context.Response.Body.FlushAsync(_hungUp);
        return await BreakAsync();
    }

    public async Task<bool> StartStreamAsync()
    {
        if (!await StartAsync("text/event-stream; charset=utf-8"))
            return false;
        context.Response.Headers.CacheControl = "no-cache";
        _body = answer.Gzip ? new GZipStream(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true) : context.Response.Body;
        return true;
    }

    /// <summary>One event of the stream, with its blank line.</summary>
    public async Task<bool> SendEventAsync(string text)
    {
        if (answer.Abort == SimulatedAbort.InBody && _events == answer.AbortAfterEvents)
            return await BreakAsync();
        _events++;
        var bytes = Encoding.UTF8.GetBytes(text);
        if (answer.ChunkBytes == 0)
        {
            await SendPieceAsync(bytes);
            return true;
        }

        _pieces.Write(bytes);
        var whole = _pieces.WrittenCount / answer.ChunkBytes * answer.ChunkBytes;
        await SendPiecesAsync(whole);
        return true;
    }

    /// <summary>True when the script ends the stream with an error event now.</summary>
    public bool FailsNow => answer.ErrorAfterEvents > 0 && _events == answer.ErrorAfterEvents;

    public async Task CompleteStreamAsync()
    {
        await SendPiecesAsync(_pieces.WrittenCount);
        if (answer.Gzip)
            await _body.DisposeAsync();
    }

    private async Task SendPiecesAsync(int length)
    {
        var waiting = _pieces.WrittenSpan.ToArray();
        for (var at = 0; at < length; at += answer.ChunkBytes)
            await SendPieceAsync(waiting.AsMemory(at, Math.Min(answer.ChunkBytes, length - at)));
        _pieces.Clear();
        _pieces.Write(waiting.AsSpan(length));
    }

    private async Task SendPieceAsync(ReadOnlyMemory<byte> bytes)
    {
        if (answer.ChunkDelay > TimeSpan.Zero && context.Response.HasStarted)
            await Task.Delay(answer.ChunkDelay, _hungUp);
        await _body.WriteAsync(bytes, _hungUp);
        await _body.FlushAsync(_hungUp);
    }

    /// <summary>Resets the connection, a moment after what was sent, which the reset would else overtake.</summary>
    private async Task<bool> BreakAsync()
    {
        if (context.Response.HasStarted)
            await Task.Delay(TimeSpan.FromMilliseconds(50), _hungUp);
        call.Outcome = SimulatedOutcome.ProviderAborted;
        context.Abort();
        return false;
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return compressed.ToArray();
    }
}
