using BudgetProxy.Audit;

namespace BudgetProxy.Tenants;

/// <summary>Credit begins with nothing spent: what a tenant used before it went over to a prepaid plan was billed otherwise.</summary>
public sealed partial class TenantDirectory
{
    /// <summary>
    /// Resets the credit of tenants that have just got it and have spent before. Done after the change: until then they are refused at the worst, and top-ups
    /// that come between stay.
    /// </summary>
    /// <param name="before">The directory before the change.</param>
    private async Task BeginCreditAsync(DirectorySnapshot before, IReadOnlyCollection<string> tenants, CancellationToken cancellationToken)
    {
        foreach (var id in tenants)
        {
            if (before.FindTenant(id) is not { Credit: null } || Current.FindTenant(id)?.Credit is not { } credit)
                continue;
            var states = await reservations.ReadAsync([credit], cancellationToken);
            if (states.Any(state => state.Spent != 0 || state.Held != 0))
                await ResetAsync((id, credit.Name), default, new Edit(AuditActor.Proxy), cancellationToken);
        }
    }
}
