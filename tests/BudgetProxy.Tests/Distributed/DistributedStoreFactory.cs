using BudgetProxy.Distributed;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Reservations;
using Microsoft.Extensions.Logging.Abstractions;

namespace BudgetProxy.Tests.Distributed;

/// <summary>
/// The distributed store on a Redis that is emptied and a database of its own. A crash leaves the old store as it stands, and opens another on its
/// data directory.
/// </summary>
internal sealed class DistributedStoreFactory : IStoreFactory
{
    private readonly TestClock _clock;
    private readonly TempFolder _folder = new();
    private readonly DistributedOptions _options;

    /// <param name="redis">Empty.</param>
    /// <param name="postgres">A database that nobody else uses.</param>
    public DistributedStoreFactory(TestClock clock, string redis, string postgres)
    {
        _clock = clock;
        _options = new DistributedOptions(redis, postgres, _folder.Path, TimeSpan.FromSeconds(5));
        Distributed = Open();
    }

    public DistributedStore Distributed { get; private set; }

    public IReservationStore Store => Distributed.Reservations;

    public ILedger Ledger => Distributed.Ledger;

    public void Crash()
    {
        Distributed.AbandonAsync().AsTask().GetAwaiter().GetResult();
        Distributed = Open();
    }

    public void Dispose()
    {
        Distributed.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _folder.Dispose();
    }

    private DistributedStore Open() => DistributedStore.OpenAsync(
        _options, _clock, clockDecides: true, NullLoggerFactory.Instance, CancellationToken.None).GetAwaiter().GetResult();
}
