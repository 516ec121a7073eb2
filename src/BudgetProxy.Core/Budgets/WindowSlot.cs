namespace BudgetProxy.Core.Budgets;

/// <summary>Where an amount of an instant is booked.</summary>
/// <param name="Start">Names the slot within its budget.</param>
/// <param name="Next">When the next slot begins; null = never (lifetime).</param>
/// <param name="Ends">When the slot stops counting: calendar windows at their end, a rolling slot once it has wholly left the window; null = never.</param>
public readonly record struct WindowSlot(DateTimeOffset Start, DateTimeOffset? Next, DateTimeOffset? Ends);
