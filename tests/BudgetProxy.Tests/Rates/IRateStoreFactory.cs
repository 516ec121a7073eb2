using BudgetProxy.Rates;

namespace BudgetProxy.Tests.Rates;

/// <summary>One adapter of the rate table's seam on fresh state, for the contract suite.</summary>
public interface IRateStoreFactory : IAsyncDisposable
{
    /// <summary>A store on the same state as every other that this gives, as another proxy would have it.</summary>
    IRateStore Open();
}
