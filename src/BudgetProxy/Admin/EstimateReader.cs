using BudgetProxy.Core.Rates.Calculator;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Admin;

/// <summary>Reads the question of an estimate from a body.</summary>
internal static class EstimateReader
{
    /// <summary>Models of one question at most: a table that a person reads has fewer.</summary>
    private const int MaxModels = 100;

    /// <summary>The question; meaningless where the reader has errors.</summary>
    public static EstimateQuestion Read(FieldReader fields, DateTimeOffset now)
    {
        var models = fields.TextList("models", MaxModels).Distinct(StringComparer.Ordinal).ToList();
        if (models.Count == 0 && !fields.Errors.Any)
            fields.Fail("models", "Name at least one model, such as [\"gpt-4o-mini\", \"anthropic/claude-haiku-4-5\"].");
        var workload = new Workload
        {
            Inputs = ReadInputs(fields),
            OutputTokens = fields.Count("outputTokens") ?? 0,
            CachedPrefixTokens = fields.Count("cachedPrefixTokens") ?? 0,
            Cache = ReadCache(fields),
            RequestsPerWrite = fields.Count("requestsPerWrite"),
            CacheLifetime = ReadLifetime(fields),
            Per = fields.OneOf<WorkloadPeriod>("per"),
            Tier = ReadTier(fields),
            Regional = fields.Flag("regional") ?? false,
            ToolCalls = fields.Count("toolCalls") ?? 0,
        };
        var question = new EstimateQuestion(models, workload, ReadAt(fields) ?? now, fields.Text("tenant"));
        fields.RefuseUnknown();
        if (!fields.Errors.Any)
        {
            foreach (var problem in WorkloadRules.Check(workload))
                fields.Fail(problem.Field, problem.Message);
        }

        return question;
    }

    /// <summary>All requests alike, or groups of them.</summary>
    private static List<InputGroup> ReadInputs(FieldReader fields)
    {
        var requests = fields.Count("requests");
        var tokens = fields.Count("inputTokens");
        var groups = fields.Objects("inputs", WorkloadRules.MaxGroups);
        if (groups is null)
            return [new InputGroup(requests ?? 1, tokens ?? 0)];
        if (requests is not null || tokens is not null)
            fields.Fail("inputs", "Takes the place of requests and inputTokens: give either.");
        var inputs = new List<InputGroup>(groups.Count);
        foreach (var group in groups)
        {
            inputs.Add(new InputGroup(group.Count("requests") ?? 1, group.Count("tokens") ?? 0));
            group.RefuseUnknown();
        }

        return inputs;
    }

    private static CacheWrite ReadCache(FieldReader fields)
    {
        if (fields.Text("cache") is not { } text)
            return CacheWrite.Short;
        if (!CacheNames.TryParse(text, out var cache))
            fields.Fail("cache", $"Must be one of: {string.Join(", ", CacheNames.All)}.");
        return cache;
    }

    private static TimeSpan? ReadLifetime(FieldReader fields) => fields.Count("cacheLifetimeSeconds") is { } seconds
        ? TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue))
        : null;

    private static ServiceTier ReadTier(FieldReader fields)
    {
        var tier = fields.OneOf<ServiceTier>("tier");
        if (fields.Flag("batch") is not true)
            return tier ?? ServiceTier.Standard;
        if (tier is not null and not ServiceTier.Batch)
            fields.Fail("batch", "A batch has no other tier: leave one of the two out.");
        return ServiceTier.Batch;
    }

    private static DateTimeOffset? ReadAt(FieldReader fields)
    {
        if (fields.Text("at") is not { } text)
            return null;
        if (InstantText.TryParseOrDate(text, out var at))
            return at;
        fields.Fail("at", "Must be an RFC 3339 instant or a date in UTC, such as \"2026-12-31T23:59:59Z\" or \"2026-12-31\".");
        return null;
    }
}
