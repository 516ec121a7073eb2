namespace BudgetProxy.Tests.Checks;

public sealed class EmbeddedRunTests : RunContract
{
    protected override bool IsDistributed => false;
}
