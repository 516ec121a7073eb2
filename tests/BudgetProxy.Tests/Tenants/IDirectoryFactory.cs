using BudgetProxy.Audit;
using BudgetProxy.Tenants;

namespace BudgetProxy.Tests.Tenants;

/// <summary>One adapter of the directory's seam on fresh state, for the contract suite.</summary>
public interface IDirectoryFactory : IAsyncDisposable
{
    IDirectoryStore Store { get; }

    /// <summary>The audit trail beside it.</summary>
    IAuditStore Audit { get; }
}
