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
    /// <summary>What these tests ask does not hang on time: a machine that stands still for some seconds fails none of them.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TestClock _clock;
    private readonly TempFolder _folder = new();
    private readonly DistributedOptions _options;

    /// <param name="redis">Empty.</param>
    /// <param name="postgres">A database that nobody else uses.</param>
    public DistributedStoreFactory(TestClock clock, string redis, string postgres)
    {
        _clock = clock;
        _options = new DistributedOptions(redis, postgres, _folder.Path, Deadline);
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
