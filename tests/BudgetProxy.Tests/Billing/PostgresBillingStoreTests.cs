namespace BudgetProxy.Tests.Billing;

public sealed class PostgresBillingStoreTests : BillingStoreContract
{
    protected override async Task<IBillingStoreFactory> CreateAsync() => await PostgresBillingFactory.CreateAsync();
}
