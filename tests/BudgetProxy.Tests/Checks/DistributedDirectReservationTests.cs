namespace BudgetProxy.Tests.Checks;

public sealed class DistributedDirectReservationTests : DirectReservationContract
{
    protected override bool IsDistributed => true;
}
