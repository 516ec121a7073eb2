using BudgetProxy.Audit;

namespace BudgetProxy.Tenants;

/// <summary>What comes with every wish to change the directory.</summary>
/// <param name="By">Who wishes it.</param>
/// <param name="If">What must be true of the thing that is changed, when it is changed; null = nothing.</param>
/// <param name="DiscardsBalance">True: what a tenant that is deleted has left of prepaid credit, or owes, goes with it.</param>
public sealed record Edit(AuditActor By, Precondition? If = null, bool DiscardsBalance = false);
