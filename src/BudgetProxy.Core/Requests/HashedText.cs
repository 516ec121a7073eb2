namespace BudgetProxy.Core.Requests;

/// <summary>A long text of the body whose keyed hash is known already, by position.</summary>
/// <param name="Start">Byte offset into the body.</param>
/// <param name="End">Byte offset after it.</param>
/// <param name="Hash">Under a key of this process and the tenant's own salt.</param>
public readonly record struct HashedText(int Start, int End, UInt128 Hash);
