using BudgetProxy.Hosting;
using BudgetProxy.Reservations;

namespace BudgetProxy.Batches;

/// <summary>
/// The body of a batch on this machine's disk while it is read and reserved, for this user alone. On Unix it has no name from the moment it is open: whatever
/// becomes of the process, nothing of it is left.
/// </summary>
public sealed class BatchSpool : IDisposable
{
    private readonly FileStream _file;

    /// <param name="id">Of no other spool.</param>
    /// <exception cref="IOException">The data directory can't be written.</exception>
    public BatchSpool(ProxyOptions options, Guid id)
    {
        var path = Path.Combine(options.DataDirectory, $"batch-{id:n}.tmp");
        var settings = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            settings.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        _file = new FileStream(path, settings);
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
    }

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    /// <exception cref="StoreUnavailableException">The disk is full, or fails.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await _file.WriteAsync(bytes, cancellationToken);
        }
        catch (IOException full)
        {
            throw new StoreUnavailableException("The data directory can't be written.", full);
        }

        Length += bytes.Length;
    }

    /// <summary>All that was written, from its beginning.</summary>
    public Stream Read()
    {
        _file.Position = 0;
        return _file;
    }

    public void Dispose() => _file.Dispose();
}
