namespace BudgetProxy.Demo;

/// <summary>How a call to the simulated provider ended.</summary>
public enum SimulatedOutcome
{
    Running,

    /// <summary>The whole answer was handed to the connection.</summary>
    Completed,

    /// <summary>The caller hung up first.</summary>
    ClientAborted,

    /// <summary>The script broke the connection.</summary>
    ProviderAborted,
}
