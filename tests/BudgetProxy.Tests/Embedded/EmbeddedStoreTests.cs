using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Reservations;

namespace BudgetProxy.Tests.Embedded;

public sealed class EmbeddedStoreTests : ReservationStoreContract
{
    protected override IStoreFactory Create(TestClock clock) => new EmbeddedStoreFactory(clock);
}
