using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Rates.Calculator;

/// <summary>What is to be priced before a model is chosen: so many requests, and what each of them holds. <see cref="WorkloadRules"/> says what it may be.</summary>
public sealed record Workload
{
    /// <summary>The requests by the length of their input; at least one group.</summary>
    public required IReadOnlyList<InputGroup> Inputs { get; init; }

    /// <summary>Output tokens of each request, reasoning included.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Tokens that every request begins with, and that the provider is to keep in its cache: a system prompt, tools. Not part of <see cref="Inputs"/>.</summary>
    public long CachedPrefixTokens { get; init; }

    /// <summary>
    /// Whether and how long the provider keeps the prefix. None: everything is plain input. Short: its ordinary cache. Long: the longer one (Anthropic 1 hour,
    /// OpenAI 12 hours since GPT-5.6, a day before).
    /// </summary>
    public CacheWrite Cache { get; init; } = CacheWrite.Short;

    /// <summary>How many requests share one write of the prefix, itself included; null = worked out from <see cref="Per"/> and the cache's lifetime.</summary>
    public long? RequestsPerWrite { get; init; }

    /// <summary>How long the prefix lives after its last use; null = as the provider says (<see cref="Tokens.CachedModel.Lifetime"/>).</summary>
    public TimeSpan? CacheLifetime { get; init; }

    /// <summary>In what time the requests come, evenly spread; null = one after the other in one go.</summary>
    public WorkloadPeriod? Per { get; init; }

    public ServiceTier Tier { get; init; }

    /// <summary>True where calls are tied to a region and so cost its surcharge.</summary>
    public bool Regional { get; init; }

    /// <summary>Calls of server-side tools with a fee of their own (web searches) in each request.</summary>
    public long ToolCalls { get; init; }

    /// <summary>All requests.</summary>
    public long Requests
    {
        get
        {
            var sum = 0L;
            foreach (var group in Inputs)
                sum += group.Requests;
            return sum;
        }
    }
}
