namespace BudgetProxy.Distributed;

/// <summary>How far a standing reservation's row in Postgres is known to stand for holds in Redis. The numbers are part of the data.</summary>
internal enum StandingState
{
    /// <summary>Redis may have been asked for it; its caller has not heard that it is granted.</summary>
    Asked = 0,

    /// <summary>Granted.</summary>
    Open = 1,

    /// <summary>It is being given back, or what was presumed of it is.</summary>
    Voiding = 2,
}
