namespace BudgetProxy.Tests.Billing;

public sealed class SqliteBillingStoreTests : BillingStoreContract
{
    protected override Task<IBillingStoreFactory> CreateAsync() => Task.FromResult<IBillingStoreFactory>(new SqliteBillingFactory());
}
