namespace BudgetProxy.Tests.Checks;

public sealed class DistributedUsageTests : UsageContract
{
    protected override bool IsDistributed => true;
}
