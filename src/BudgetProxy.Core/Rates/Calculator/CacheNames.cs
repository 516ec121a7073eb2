using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Rates.Calculator;

/// <summary>How the cache of a workload is spelled in the admin API and on the command line: <c>off</c>, <c>on</c>, <c>1h</c>.</summary>
public static class CacheNames
{
    /// <summary>In the order of <see cref="CacheWrite"/>.</summary>
    public static IReadOnlyList<string> All { get; } = ["off", "on", "1h"];

    public static string Name(this CacheWrite cache) => All[(int)cache];

    public static bool TryParse(string name, out CacheWrite cache)
    {
        cache = CacheWrite.None;
        for (var i = 0; i < All.Count; i++)
        {
            if (string.Equals(All[i], name, StringComparison.Ordinal))
            {
                cache = (CacheWrite)i;
                return true;
            }
        }

        return false;
    }
}
