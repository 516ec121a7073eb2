namespace BudgetProxy.Tests.Checks;

public sealed class DistributedRunTests : RunContract
{
    protected override bool IsDistributed => true;
}
