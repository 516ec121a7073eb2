using System.Buffers;

namespace BudgetProxy.Gateway;

/// <summary>A request body in one pooled piece: what is priced is what is forwarded. Return it by disposing, once nothing reads it any more.</summary>
public sealed class BodyBuffer : IDisposable
{
    private const int FirstRent = 16 * 1024;

    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    /// <summary>Reads the whole body; false = it is larger than <paramref name="maxBytes"/>. A broken or abandoned upload throws what the server throws.</summary>
    public async ValueTask<bool> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
            return false;

        var reader = request.BodyReader;
        // A declared length is the client's claim: room is made for at most 1 MiB of it before bytes come.
        _bytes = ArrayPool<byte>.Shared.Rent((int)Math.Min(request.ContentLength ?? FirstRent, 1024 * 1024));
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (Length + buffer.Length > maxBytes)
            {
                // Given back, so that the server can read the rest away.
                reader.AdvanceTo(buffer.End);
                return false;
            }

            EnsureRoom(Length + (int)buffer.Length);
            buffer.CopyTo(_bytes.AsSpan(Length));
            Length += (int)buffer.Length;
            reader.AdvanceTo(buffer.End);
            if (result.IsCompleted)
                return true;
        }
    }

    public void Dispose()
    {
        var bytes = _bytes;
        _bytes = [];
        Length = 0;
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
    }

    private void EnsureRoom(int length)
    {
        if (length <= _bytes.Length)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, _bytes.Length * 2));
        Span.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
