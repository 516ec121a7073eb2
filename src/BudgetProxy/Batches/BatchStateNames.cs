namespace BudgetProxy.Batches;

/// <summary>The states as they stand in rows.</summary>
internal static class BatchStateNames
{
    public static string Name(this BatchState state) => state switch
    {
        BatchState.Preparing => "preparing",
        BatchState.Sending => "sending",
        BatchState.Open => "open",
        BatchState.Dropping => "dropping",
        _ => "settled",
    };

    /// <exception cref="FormatException">No state is called so.</exception>
    public static BatchState Parse(string name) => name switch
    {
        "preparing" => BatchState.Preparing,
        "sending" => BatchState.Sending,
        "open" => BatchState.Open,
        "dropping" => BatchState.Dropping,
        "settled" => BatchState.Settled,
        _ => throw new FormatException("The state of a stored batch."),
    };
}
