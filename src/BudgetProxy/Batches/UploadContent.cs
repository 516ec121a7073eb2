using System.Buffers;
using System.IO.Pipelines;
using BudgetProxy.Core.Requests;
using BudgetProxy.Gateway;
using BudgetProxy.Hosting;

namespace BudgetProxy.Batches;

/// <summary>
/// A file on its way to the provider: byte for byte as the client sends it, each line read and counted before it goes on. The last byte stays here until the
/// whole was found good, so that what is refused is never whole at the provider.
/// </summary>
public sealed class UploadContent : OnceContent
{
    private static readonly string[] Fields = ["purpose", "expires_after[anchor]", "expires_after[seconds]"];

    private readonly PipeReader _reader;
    private readonly CancellationTokenSource _stopped;
    private readonly TaskCompletionSource _copied = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ProxyOptions _options;
    private readonly LineIntake _intake;
    private readonly MultipartScanner _form;
    private readonly JsonLineSplitter _lines;
    private readonly long? _length;
    private GatewayRefusal? _refusal;
    private long _bytes;
    private int _held;
    private bool _ended;

    /// <param name="boundary">As <see cref="MultipartScanner.BoundaryOf"/> gives it.</param>
    public UploadContent(HttpRequest request, string boundary, LineIntake intake, ProxyOptions options)
        : base(request.ContentType)
    {
        _reader = request.BodyReader;
        _stopped = CancellationTokenSource.CreateLinkedTokenSource(request.HttpContext.RequestAborted);
        _length = request.ContentLength;
        _options = options;
        _intake = intake;
        _lines = new JsonLineSplitter(options.MaxBodyBytes, intake.Take);
        _form = new MultipartScanner(boundary, _lines.Feed);
    }

    /// <summary>True once all of it was found good and has gone out.</summary>
    public bool IsWhole => _ended && _refusal is null && _intake.Problems.Count == 0;

    private bool IsRefused => _refusal is not null || _intake.Problems.Count > 0;

    /// <summary>Why the upload is refused, once sending it has ended; null = it is not. Where lines are at fault the rest is read too, so that all are named.</summary>
    public async ValueTask<GatewayRefusal?> RefusalAsync(CancellationToken cancellationToken)
    {
        await StopAsync();
        try
        {
            while (_refusal is null && _intake.Problems.Count > 0 && !_intake.Problems.IsCut && !_ended)
            {
                var read = await ReadAsync(cancellationToken);
                Scan(read.Buffer);
                _reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    Finish();
                _ended = read.IsCompleted;
            }
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException)
        {
            return _refusal ?? Refusals.BrokenBody;
        }

        return _intake.Problems.ToRefusal() ?? _refusal;
    }

    protected override async Task CopyAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopped.Token);
            await PassAsync(stream, either.Token);
        }
        finally
        {
            _copied.TrySetResult();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length ?? 0;
        return _length is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _lines.Dispose();
            _stopped.Dispose();
        }

        base.Dispose(disposing);
    }

    // A provider may answer before it has the whole: nobody else reads the body until we have stopped.
    private async ValueTask StopAsync()
    {
        await _stopped.CancelAsync();
        if (Started)
            await _copied.Task;
    }

    private async Task PassAsync(Stream stream, CancellationToken cancellationToken)
    {
        while (!_ended)
        {
            var read = await ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            Scan(buffer.Slice(_held));
            if (read.IsCompleted)
                Finish();
            if (IsRefused)
            {
                _ended = read.IsCompleted;
                _reader.AdvanceTo(buffer.End);
                throw new IOException("The upload is refused.");
            }

            var good = read.IsCompleted || buffer.IsEmpty ? buffer : buffer.Slice(0, buffer.Length - 1);
            foreach (var segment in good)
                await stream.WriteAsync(segment, cancellationToken);
            _held = (int)(buffer.Length - good.Length);
            _reader.AdvanceTo(good.End, buffer.End);
            _ended = read.IsCompleted;
        }
    }

    private async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var read = await _reader.ReadAsync(cancellationToken);
            if (!read.IsCanceled)
                return read;
            _reader.AdvanceTo(read.Buffer.End);
            _refusal ??= BatchRefusals.TooSlow;
            throw new IOException("The upload takes too long.");
        }
        catch (IOException)
        {
            // The client's doing, not the provider's.
            _refusal ??= Refusals.BrokenBody;
            throw;
        }
    }

    private void Scan(ReadOnlySequence<byte> bytes)
    {
        _bytes += bytes.Length;
        if (_bytes > _options.MaxBatchBytes)
            _refusal ??= Refusals.TooLarge(_options.MaxBatchBytes);
        foreach (var segment in bytes)
        {
            if (_refusal is not null || _intake.Problems.IsCut)
                return;
            _form.Feed(segment.Span);
            if (_form.Problem is { } problem)
                _refusal = Invalid(problem);
            else
                CheckPurpose();
        }
    }

    // A file of another purpose can be named by later calls, whose price it would then change unseen.
    private void CheckPurpose()
    {
        if (_form.Fields.TryGetValue("purpose", out var purpose) && purpose != "batch")
        {
            _refusal = Refusals.UnsupportedRoute with
            {
                Message = "This proxy takes files of purpose batch only: the size of another file could not be bounded in the calls that name it later.",
            };
        }
    }

    private void Finish()
    {
        if (_refusal is not null)
            return;
        _form.Finish();
        _lines.Finish();
        if (_form.Problem is { } problem)
            _refusal = Invalid(problem);
        else if (!_form.Fields.ContainsKey("purpose"))
            _refusal = Invalid("The form has no purpose: set it to batch.");
        else if (_form.Fields.Keys.FirstOrDefault(field => !Fields.Contains(field)) is not null)
            _refusal = Invalid("The form has a field that is not known: it takes file, purpose and expires_after.");
        else if (_intake.Count == 0 && _intake.Problems.Count == 0)
            _refusal = Invalid("The file has no lines.");
    }

    private static GatewayRefusal Invalid(string message) => Refusals.InvalidRequest(new RequestError(message, null));
}
