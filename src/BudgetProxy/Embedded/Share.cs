namespace BudgetProxy.Embedded;

/// <summary>One hold of an open reservation: where it is held, and how much.</summary>
internal readonly record struct Share(Slot Slot, long Amount);
