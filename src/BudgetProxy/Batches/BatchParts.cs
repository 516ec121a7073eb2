namespace BudgetProxy.Batches;

/// <summary>What a look at a batch may need.</summary>
public sealed record BatchParts(
    IBatchStore Store, BatchProvider Provider, OwnBatches Own, BatchSearch Search, BatchResults Results, BatchSettler Settler, BatchAdmission Admission);
