namespace BudgetProxy.Demo;

/// <summary>What the demo reads of a ledger entry.</summary>
internal sealed record DemoEntry(string RequestId, long Input, long Output, decimal Cost);
