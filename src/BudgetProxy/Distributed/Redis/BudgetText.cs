using System.Text.Json;
using System.Text.Json.Serialization;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Reservations;
using BudgetProxy.Storage;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>A budget's definition as it stands in Redis: what decides which calls it counts, and where.</summary>
internal static partial class BudgetText
{
    public static string Write(Budget budget) => JsonSerializer.Serialize(
        new Definition(
            budget.Per?.Name(budget.PerTag), DirectoryTexts.Json(budget.Match), DirectoryTexts.Name(budget.LimitKind), budget.Limit, budget.Window.ToString(),
            budget.Window.TimeZone.Id,
            DirectoryTexts.Name(budget.Admission),
            [.. budget.Acts.Resets.Select(reset => new Reset(reset.Value, reset.At.ToUnixTimeMilliseconds()))],
            budget.OnlyPrepaid),
        Json.Default.Definition);

    /// <param name="answer"><c>definitions, version, name, definition, …</c>; an empty definition = deleted.</param>
    /// <exception cref="StoreUnavailableException">One of them is none that this version can read.</exception>
    public static TenantDefinitions Read(string tenant, ReadOnlySpan<RedisResult> answer)
    {
        var budgets = new List<Budget>();
        for (var i = 2; i < answer.Length; i += 2)
        {
            string name = (string)answer[i]!, text = (string)answer[i + 1]!;
            if (text.Length > 0 && ReadKnown(tenant, name, text) is { } budget)
                budgets.Add(budget);
        }

        return new TenantDefinitions((string)answer[1]!, budgets);
    }

    private static Budget? ReadKnown(string tenant, string name, string text)
    {
        try
        {
            return Read(tenant, name, text);
        }
        catch (Exception odd) when (odd is JsonException or FormatException or ArgumentException or TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            throw new StoreUnavailableException($"The budget {name} is defined in a way that this version can't read.", odd);
        }
    }

    private static Budget? Read(string tenant, string name, string text)
    {
        var definition = JsonSerializer.Deserialize(text, Json.Default.Definition)!;
        (BudgetDimension? per, var tag) = definition.Per is { } dimension ? DirectoryTexts.Dimension(dimension) : default((BudgetDimension?, string?));
        // A window that only a newer proxy knows: this one's calls don't count there, and the newer one's do.
        if (!BudgetWindow.TryParse(definition.Window, TimeZoneInfo.FindSystemTimeZoneById(definition.Zone), out var window))
            return null;
        return new Budget
        {
            Tenant = tenant,
            Name = name,
            Per = per,
            PerTag = tag,
            Match = DirectoryTexts.Conditions(definition.Match),
            LimitKind = DirectoryTexts.Value<LimitKind>(definition.Kind),
            Limit = definition.Limit,
            Window = window,
            OnlyPrepaid = definition.OnlyPrepaid,
            Admission = definition.Admission is { } admission ? DirectoryTexts.Value<Admission>(admission) : Admission.Strict,
        }.With([.. (definition.Resets ?? []).Select(reset => new BudgetAct(
            tenant, name, "", reset.Value is null ? null : definition.Per, reset.Value, null, DateTimeOffset.FromUnixTimeMilliseconds(reset.At)))]);
    }

    /// <param name="Admission">Null where an older version wrote it, which knew only one.</param>
    /// <param name="Resets">Null where an older version wrote it, which knew none.</param>
    /// <param name="OnlyPrepaid">False where an older version wrote it.</param>
    private sealed record Definition(
        string? Per, string Match, string Kind, long Limit, string Window, string Zone, string? Admission, IReadOnlyList<Reset>? Resets, bool OnlyPrepaid = false);

    /// <param name="Value">Null = all counters.</param>
    /// <param name="At">Unix milliseconds.</param>
    private sealed record Reset(string? Value, long At);

    [JsonSerializable(typeof(Definition))]
    private sealed partial class Json : JsonSerializerContext;
}
