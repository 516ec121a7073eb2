namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>How a call ended for its caller.</summary>
internal enum CallOutcome
{
    Running,

    /// <summary>The whole answer arrived.</summary>
    Served,

    /// <summary>The proxy refused it; nothing may have been sent.</summary>
    Refused,

    /// <summary>The provider's error was passed on, or the proxy's 502 or 504 in its place.</summary>
    Failed,

    /// <summary>The caller left in the middle of the answer.</summary>
    Left,

    /// <summary>The connection to the proxy broke, or none could be made.</summary>
    Broken,
}
