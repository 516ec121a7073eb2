using System.Text.Json;
using BudgetProxy.Tests.Gateway;

namespace BudgetProxy.Tests.Hosting;

/// <summary>What a stopped proxy left: its tenant's entries, and its one budget.</summary>
internal sealed record ShutdownBooks(IReadOnlyList<JsonElement> Ledger, JsonElement Budget)
{
    public decimal Cost => Ledger.Sum(entry => MeteredCallTests.Money(entry, "costUsd"));

    public long OutputTokens => Ledger.Sum(entry => entry.GetProperty("tokens").GetProperty("output").GetInt64());

    public void AssertCountersEqualLedger()
    {
        Assert.Equal(Cost, MeteredCallTests.Money(Budget, "spent"));
        Assert.Equal(0m, MeteredCallTests.Money(Budget, "held"));
    }
}
