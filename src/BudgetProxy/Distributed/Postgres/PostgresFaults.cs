using System.Data.Common;
using System.Net.Sockets;
using BudgetProxy.Reservations;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>The one place where whatever a database call throws becomes what the seams promise.</summary>
internal static class PostgresFaults
{
    /// <exception cref="StoreUnavailableException">The database can't be reached or refuses; whether a write took effect is not known.</exception>
    public static async Task<T> MapAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e) when (IsFault(e))
        {
            throw new StoreUnavailableException($"PostgreSQL can't be used: {(e.InnerException as DbException ?? e).Message}", e);
        }
    }

    /// <summary>EF Core wraps what the driver throws; a connection that broke between two steps says only that it is not open.</summary>
    private static bool IsFault(Exception? e) => e is not null
        && (e is DbException or SocketException or IOException or TimeoutException or OperationCanceledException or InvalidOperationException
            || IsFault(e.InnerException));
}
