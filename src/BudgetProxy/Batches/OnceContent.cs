using System.Net;
using System.Net.Http.Headers;

namespace BudgetProxy.Batches;

/// <summary>A request body that is sent at most once, and knows whether any of it was.</summary>
public abstract class OnceContent : HttpContent
{
    /// <param name="contentType">As the client sent it; null = JSON.</param>
    protected OnceContent(string? contentType)
    {
        if (!Headers.TryAddWithoutValidation("Content-Type", contentType ?? "application/json"))
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    /// <summary>True once the connection stood and bytes may have gone out.</summary>
    public bool Started { get; private set; }

    protected abstract Task CopyAsync(Stream stream, CancellationToken cancellationToken);

    protected sealed override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected sealed override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // A batch that is sent twice may run twice.
        if (Started)
            throw new IOException("This body was sent before.");
        Started = true;
        return CopyAsync(stream, cancellationToken);
    }
}
