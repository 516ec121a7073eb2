using BudgetProxy.Reservations;

namespace BudgetProxy.Distributed;

/// <summary>One row of the spool.</summary>
/// <param name="Held">True where Redis holds a reservation of it; false where it was let through without.</param>
/// <param name="Ended">False while the call is still under way.</param>
/// <param name="Settlement">What it ended in; null = void, or not ended.</param>
internal sealed record SpooledCall(ReservedCall Call, bool Held, bool Ended, Settlement? Settlement);
