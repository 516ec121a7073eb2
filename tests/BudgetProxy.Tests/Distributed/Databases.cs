using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Distributed;

/// <summary>Databases for tests.</summary>
internal static class Databases
{
    /// <summary>A fresh one.</summary>
    public static Task<string> NewAsync() => SharedPostgres.CreateDatabaseAsync();
}
