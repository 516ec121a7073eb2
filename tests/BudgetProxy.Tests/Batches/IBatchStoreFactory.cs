using BudgetProxy.Batches;
using BudgetProxy.Tenants;

namespace BudgetProxy.Tests.Batches;

/// <summary>Makes a store of batches beside the directory whose tenants it names.</summary>
public interface IBatchStoreFactory : IAsyncDisposable
{
    IBatchStore Store { get; }

    IDirectoryStore Directory { get; }
}
