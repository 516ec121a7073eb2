namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>Whole fleets, killed and frozen: one test at a time, with nothing beside it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FaultCollection
{
    public const string Name = "Faults";
}
