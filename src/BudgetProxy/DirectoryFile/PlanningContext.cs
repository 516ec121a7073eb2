using BudgetProxy.Audit;

namespace BudgetProxy.DirectoryFile;

/// <summary>How a plan is made.</summary>
/// <param name="Prune">True: what the directory has and the file lacks is deleted.</param>
/// <param name="Kept">Tenants that stay all the same, each with why.</param>
/// <param name="By">Who wishes it.</param>
/// <param name="At">When; whole milliseconds.</param>
/// <param name="NewKeyId">Ids for keys that are new.</param>
internal sealed record PlanningContext(bool Prune, IReadOnlyDictionary<string, string> Kept, AuditActor By, DateTimeOffset At, Func<string> NewKeyId);
