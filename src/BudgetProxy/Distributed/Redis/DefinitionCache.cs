using System.Collections.Concurrent;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>The newest definitions of each tenant that this proxy has heard of; the counters say when there are newer ones.</summary>
internal sealed class DefinitionCache
{
    private readonly ConcurrentDictionary<string, TenantDefinitions> _tenants = new(StringComparer.Ordinal);

    public TenantDefinitions this[string tenant] => _tenants.GetValueOrDefault(tenant, TenantDefinitions.None);

    /// <param name="answer"><c>definitions, version, name, definition, …</c></param>
    public void Learn(string tenant, ReadOnlySpan<RedisResult> answer) => _tenants[tenant] = BudgetText.Read(tenant, answer);
}
