using BudgetProxy.Audit;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Tenants;

/// <summary>What comes with every wish to change the directory.</summary>
/// <param name="By">Who wishes it.</param>
/// <param name="If">What must be true of the thing that is changed, when it is changed; null = nothing.</param>
/// <param name="Discards">A tenant that is deleted takes along so much of a prepaid balance, or less, or what it owes; null = it is not deleted with one.</param>
public sealed record Edit(AuditActor By, Precondition? If = null, NanoUsd? Discards = null);
