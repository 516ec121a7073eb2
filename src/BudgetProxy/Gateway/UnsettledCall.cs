using BudgetProxy.Core.Money;
using BudgetProxy.Reservations;

namespace BudgetProxy.Gateway;

/// <summary>A call that ended and is not booked yet.</summary>
/// <param name="Settlement">Null = void.</param>
public sealed record UnsettledCall(string Tenant, Guid Id, Settlement? Settlement, NanoUsd Reserved);
