using BudgetProxy.Learning;
using BudgetProxy.Tenants;

namespace BudgetProxy.Tests.Learning;

/// <summary>A fresh store of what was learned, beside the directory in the same database.</summary>
public interface ILearningFactory : IAsyncDisposable
{
    ILearningStore Store { get; }

    IDirectoryStore Directory { get; }

    /// <summary>Writes bytes over what is stored.</summary>
    Task DamageAsync();
}
