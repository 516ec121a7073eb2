using BudgetProxy.Core.Rates.Calculator;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tests.Rates.Calculator;

/// <summary>Workloads by short text.</summary>
internal static class Workloads
{
    /// <summary>
    /// <c>n 1000 in 2000 out 500 prefix 1000 per month cache long share 50 life 3600 tier batch regional 1 tools 2</c>; a second <c>n … in …</c> is a group more.
    /// </summary>
    public static Workload Of(string text)
    {
        var words = text.Split(' ');
        var groups = new List<InputGroup>();
        var workload = new Workload { Inputs = groups };
        for (var i = 0; i < words.Length; i += 2)
        {
            var value = words[i + 1];
            if (words[i] == "n")
                groups.Add(new InputGroup(long.Parse(value), 0));
            else if (words[i] == "in")
                groups[^1] = groups[^1] with { Tokens = long.Parse(value) };
            else
                workload = With(workload, words[i], value);
        }

        return workload;
    }

    private static Workload With(Workload workload, string word, string value) => word switch
    {
        "out" => workload with { OutputTokens = long.Parse(value) },
        "prefix" => workload with { CachedPrefixTokens = long.Parse(value) },
        "cache" => workload with { Cache = Enum.Parse<CacheWrite>(value, ignoreCase: true) },
        "share" => workload with { RequestsPerWrite = long.Parse(value) },
        "life" => workload with { CacheLifetime = TimeSpan.FromSeconds(long.Parse(value)) },
        "per" => workload with { Per = Enum.Parse<WorkloadPeriod>(value, ignoreCase: true) },
        "tier" => workload with { Tier = Enum.Parse<ServiceTier>(value, ignoreCase: true) },
        "regional" => workload with { Regional = value == "1" },
        "tools" => workload with { ToolCalls = long.Parse(value) },
        _ => throw new ArgumentException($"No word {word}.", nameof(word)),
    };
}
