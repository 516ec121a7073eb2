namespace BudgetProxy.Rates;

/// <summary>What became of rows that were given to the store.</summary>
public enum RateStoring
{
    /// <summary>All are stored.</summary>
    Stored,

    /// <summary>None is: rows were added since the version that they were made for.</summary>
    Stale,

    /// <summary>None is: a row of one of these ids is there already.</summary>
    IdTaken,
}
