using BudgetProxy.Cli.Commands;
using BudgetProxy.Core.Rates.Calculator;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Cli.Estimates;

/// <summary>What was asked on the command line.</summary>
internal sealed record EstimateQuestion
{
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>Texts that are counted; null = <see cref="Input"/> alone says how long a request is.</summary>
    public required CountedFiles? Files { get; init; }

    /// <summary>How many requests; null = one, or one a file.</summary>
    public required long? Requests { get; init; }

    /// <summary>Input tokens of each request, beside its file and the cached prefix.</summary>
    public required long Input { get; init; }

    /// <summary>Whose prices hold.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Whose own prices come before the list's; null = the list's alone.</summary>
    public required string? Tenant { get; init; }

    /// <summary>All of the workload but its inputs.</summary>
    public required Workload Rest { get; init; }

    /// <summary>What the rules of a workload call a field, and what it is called on the command line.</summary>
    private static readonly Dictionary<string, string> Options = new(StringComparer.Ordinal)
    {
        ["requests"] = "--requests", ["inputTokens"] = "--input", ["outputTokens"] = "--output", ["cachedPrefixTokens"] = "--cached-prefix",
        ["toolCalls"] = "--tool-calls", ["requestsPerWrite"] = "--requests-per-write", ["cacheLifetimeSeconds"] = "--cache-lifetime", ["inputs"] = "--file",
    };

    public long RequestCount => Requests ?? Files?.Count ?? 1;

    /// <summary>The workload as one model counts it.</summary>
    /// <exception cref="CommandException">It is not within the rules of workloads, or a file can't be read.</exception>
    public Workload WorkloadFor(ModelProfile profile) => Checked(Files is null ? [new InputGroup(RequestCount, Input)] : Files.Groups(profile, RequestCount, Input));

    /// <summary>Tells what is wrong before any model is looked for or any file counted.</summary>
    /// <exception cref="CommandException">It is not within the rules of workloads.</exception>
    public void Check() => Checked([new InputGroup(RequestCount, Input)]);

    /// <summary>True where a model's input is a guess: counted by a tokenizer that is not its own.</summary>
    public bool IsApproximate(ModelProfile profile) => Files is not null && !profile.HasOwnTokenizer;

    private Workload Checked(IReadOnlyList<InputGroup> inputs)
    {
        var workload = Rest with { Inputs = inputs };
        var problems = WorkloadRules.Check(workload);
        return problems.Count == 0
            ? workload
            : throw CommandException.Misuse(string.Join(Environment.NewLine, problems.Select(problem => $"{Options[problem.Field]}: {problem.Message}")));
    }
}
