namespace BudgetProxy.Batches;

/// <summary>A body that lies ready, in memory or on disk.</summary>
/// <param name="body">At its beginning; stays the caller's.</param>
/// <param name="bytes">Length of it.</param>
public sealed class BodyContent(Stream body, long bytes, string? contentType) : OnceContent(contentType)
{
    protected override Task CopyAsync(Stream stream, CancellationToken cancellationToken) => body.CopyToAsync(stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = bytes;
        return true;
    }
}
