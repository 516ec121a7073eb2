namespace BudgetProxy.Tests.Checks;

public sealed class EmbeddedUsageTests : UsageContract
{
    protected override bool IsDistributed => false;
}
