namespace BudgetProxy.Core.Rates.Calculator;

/// <summary>What a workload may be. Within these bounds no product of the calculator overflows 128 bits.</summary>
public static class WorkloadRules
{
    /// <summary>Requests of one workload at most.</summary>
    public const long MaxRequests = 1_000_000_000;

    /// <summary>Tokens of one request at most, by field; more than any model takes, so that a workload may also be stated as one sum.</summary>
    public const long MaxTokens = 1_000_000_000;

    /// <summary>Tool calls of one request at most.</summary>
    public const long MaxToolCalls = 1_000_000;

    /// <summary>Groups of requests of one workload at most.</summary>
    public const int MaxGroups = 10_000;

    private static readonly TimeSpan MinLifetime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(365);

    /// <summary>Everything that is wrong with a workload; empty where it can be priced.</summary>
    public static IReadOnlyList<WorkloadProblem> Check(Workload workload)
    {
        var problems = new List<WorkloadProblem>();
        CheckInputs(workload, problems);
        CheckRange(problems, "outputTokens", workload.OutputTokens, 0, MaxTokens);
        CheckRange(problems, "cachedPrefixTokens", workload.CachedPrefixTokens, 0, MaxTokens);
        CheckRange(problems, "toolCalls", workload.ToolCalls, 0, MaxToolCalls);
        if (workload.RequestsPerWrite is { } share)
            CheckRange(problems, "requestsPerWrite", share, 1, MaxRequests);
        if (workload.CacheLifetime is { } lifetime && (lifetime < MinLifetime || lifetime > MaxLifetime))
            problems.Add(new WorkloadProblem("cacheLifetimeSeconds", "Must be from 1 second to 365 days."));
        if (problems.Count == 0 && IsEmpty(workload))
            problems.Add(new WorkloadProblem("inputTokens", "Nothing to price: give tokens of input, of output or of a cached prefix, or tool calls."));
        return problems;
    }

    private static void CheckInputs(Workload workload, List<WorkloadProblem> problems)
    {
        if (workload.Inputs.Count is 0 or > MaxGroups)
        {
            problems.Add(new WorkloadProblem("inputs", $"Must be 1 to {MaxGroups:N0} groups of requests."));
            return;
        }

        var sum = 0L;
        foreach (var group in workload.Inputs)
        {
            if (group.Requests < 1 || group.Requests > MaxRequests - sum)
            {
                problems.Add(new WorkloadProblem("requests", $"Must be from 1 to {MaxRequests:N0}, all together."));
                return;
            }

            sum += group.Requests;
            if (group.Tokens is < 0 or > MaxTokens)
            {
                problems.Add(new WorkloadProblem("inputTokens", $"Must be from 0 to {MaxTokens:N0} for one request."));
                return;
            }
        }
    }

    private static void CheckRange(List<WorkloadProblem> problems, string field, long value, long least, long most)
    {
        if (value < least || value > most)
            problems.Add(new WorkloadProblem(field, $"Must be from {least:N0} to {most:N0}."));
    }

    private static bool IsEmpty(Workload workload)
    {
        var tokens = workload.OutputTokens + workload.CachedPrefixTokens + workload.ToolCalls;
        foreach (var group in workload.Inputs)
            tokens += group.Tokens;
        return tokens == 0;
    }
}
