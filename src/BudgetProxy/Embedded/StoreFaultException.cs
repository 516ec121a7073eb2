namespace BudgetProxy.Embedded;

/// <summary>SQLite or the disk failed. Inside the embedded store only: callers of the seam see a store that is unavailable.</summary>
internal sealed class StoreFaultException(string message) : Exception(message);
