namespace BudgetProxy.Tenants;

/// <summary>An id can have had a tenant before, and something may wait under it that is not the next one's.</summary>
public sealed partial class TenantDirectory
{
    /// <summary>
    /// Says why ids can't be given to tenants that are not there now; those that can be are not in the answer. Asked before any is made, in whatever way. Set once,
    /// before the first change; null = nothing stands in the way of any.
    /// </summary>
    public Func<IReadOnlyCollection<Tenant>, CancellationToken, Task<IReadOnlyDictionary<string, string>>>? WhyNot { get; set; }

    /// <summary>Of the tenants that are not there now, those that can't be made, each with the reason.</summary>
    /// <exception cref="Reservations.StoreUnavailableException">Whether they can be made is not known.</exception>
    public async Task<IReadOnlyDictionary<string, string>> WhyNotAsync(IEnumerable<Tenant> wanted, CancellationToken cancellationToken)
    {
        var current = Current;
        var newcomers = wanted.Where(tenant => current.FindTenant(tenant.Id) is null).ToList();
        return WhyNot is null || newcomers.Count == 0 ? new Dictionary<string, string>() : await WhyNot(newcomers, cancellationToken);
    }
}
