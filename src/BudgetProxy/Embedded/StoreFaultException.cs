using SQLitePCL;

namespace BudgetProxy.Embedded;

/// <summary>SQLite or the disk failed. Inside the embedded store only: callers of the seam see a store that is unavailable.</summary>
/// <param name="code">SQLite's primary result code.</param>
internal sealed class StoreFaultException(string message, int code) : Exception(message)
{
    /// <summary>True where one statement is at fault, so that others may go through: not for a lock, a full or a broken disk, or memory.</summary>
    public bool IsOfStatement => code is raw.SQLITE_ERROR or raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE;

    /// <summary>True where a sum has more than 64 bits.</summary>
    public bool IsOverflow => code == raw.SQLITE_ERROR && Message.EndsWith("integer overflow", StringComparison.Ordinal);
}
