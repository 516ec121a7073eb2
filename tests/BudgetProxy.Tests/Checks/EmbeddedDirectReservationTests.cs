namespace BudgetProxy.Tests.Checks;

public sealed class EmbeddedDirectReservationTests : DirectReservationContract
{
    protected override bool IsDistributed => false;
}
