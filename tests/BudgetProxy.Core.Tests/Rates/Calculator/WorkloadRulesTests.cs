using BudgetProxy.Core.Rates.Calculator;

namespace BudgetProxy.Core.Tests.Rates.Calculator;

public sealed class WorkloadRulesTests
{
    [Theory]
    [InlineData("n 0 in 1", "requests")]
    [InlineData("n 1000000001 in 1", "requests")]
    [InlineData("n 1000000000 in 1 n 1 in 1", "requests")]
    [InlineData("n 1 in -1", "inputTokens")]
    [InlineData("n 1 in 1000000001", "inputTokens")]
    [InlineData("n 1 out -1", "outputTokens")]
    [InlineData("n 1 prefix -1", "cachedPrefixTokens")]
    [InlineData("n 1 in 1 tools 1000001", "toolCalls")]
    [InlineData("n 1 in 1 share 0", "requestsPerWrite")]
    [InlineData("n 1 in 1 life 0", "cacheLifetimeSeconds")]
    [InlineData("n 1", "inputTokens")]
    [InlineData("out 1", "inputs")]
    public void Each_field_at_fault_is_named(string workload, string field) =>
        Assert.Equal(field, Assert.Single(WorkloadRules.Check(Workloads.Of(workload))).Field);

    /// <summary>The dearest row that the card takes, at the largest workload: no product overflows, and the answer is that it is too much.</summary>
    [Fact]
    public void The_largest_workload_overflows_nothing()
    {
        var dearest = The.Row("openai/gpt-4o-mini") with { ToolCall = 1L << 40, RegionalPercent = 1000 };
        var prices = dearest.Tokens!.Standard with { Input = 1L << 50, Output = 1L << 50 };
        dearest = dearest with { Tokens = dearest.Tokens with { Standard = prices, Batch = null } };
        var largest = Workloads.Of("n 1000000000 in 1000000000 prefix 1000000000 out 1000000000 tools 1000000 cache none regional 1");
        Assert.Empty(WorkloadRules.Check(largest));
        Assert.Null(CostCalculator.Estimate(dearest, largest));
    }
}
