namespace BudgetProxy.Embedded;

/// <summary>One caller's step, waiting for its batch.</summary>
internal abstract class Operation
{
    /// <summary>Runs in the batch's transaction; again when a step beside it failed.</summary>
    public abstract void Apply(Books books);

    /// <summary>The batch is committed: answers the caller.</summary>
    public abstract void Complete();

    public abstract void Fail(Exception reason);
}
