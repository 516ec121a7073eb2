namespace BudgetProxy.Tenants;

/// <summary>Of one change, the tenants that it makes and whether they may be made. Whether they are new only shows when the change is decided, which can be anew.</summary>
internal sealed class Newcomers(TenantDirectory directory)
{
    private readonly Dictionary<string, Tenant> _asked = new(StringComparer.Ordinal);
    private List<Tenant> _unasked = [];

    /// <summary>True: some were found that were not asked for.</summary>
    public bool MustAsk => _unasked.Count > 0;

    /// <summary>Looks which tenants a change makes.</summary>
    /// <returns>False = it can't be stored yet.</returns>
    public bool AreAsked(DirectorySnapshot before, DirectoryWrite write)
    {
        _unasked = directory.WhyNot is null
            ? []
            : write.Tenants.Where(tenant => before.FindTenant(tenant.Id) is null && !_asked.ContainsKey(tenant.Id)).ToList();
        return !MustAsk;
    }

    /// <returns>Why one of them can't be made; null = all can.</returns>
    public async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        var why = await directory.WhyNot!(_unasked, cancellationToken);
        foreach (var tenant in _unasked)
            _asked[tenant.Id] = tenant;
        return why.Values.FirstOrDefault();
    }
}
