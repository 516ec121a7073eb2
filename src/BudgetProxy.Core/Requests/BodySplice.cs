namespace BudgetProxy.Core.Requests;

/// <summary>The one change made to a forwarded body: bytes <c>[Start, Start + Removed)</c> give way to <see cref="Inserted"/>.</summary>
/// <param name="Start">Byte offset into the body.</param>
/// <param name="Removed">Bytes taken out at <paramref name="Start"/>; 0 for a pure insertion.</param>
/// <param name="Inserted">Bytes put there; empty (with <paramref name="Removed"/> 0) = the body passes as it came.</param>
public readonly record struct BodySplice(int Start, int Removed, ReadOnlyMemory<byte> Inserted)
{
    public bool IsNone => Removed == 0 && Inserted.IsEmpty;
}
