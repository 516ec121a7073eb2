using System.Text.Json.Serialization;
using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Admin;

/// <summary>A budget as the admin API shows it, with its live counters.</summary>
/// <param name="Per">What it is counted by, such as <c>user</c> or <c>tag:team</c>; null = one counter.</param>
/// <param name="Match">Dimension to pattern; empty = every call of the tenant.</param>
/// <param name="Limit">One of <c>usd</c>, <c>requests</c>, <c>tokens</c>, <c>chargedUsd</c>; amounts below are of the same.</param>
/// <param name="Timezone">As it was set; null = the tenant's.</param>
/// <param name="AlertAt">Shares of the limit at which an alert rings: 0.5 = half.</param>
public sealed record BudgetDocument(
    string Name, string? Per, IReadOnlyDictionary<string, string> Match, IReadOnlyDictionary<string, BudgetAmount> Limit, string Window,
    string? Timezone, string Mode, string Admission, IReadOnlyList<decimal> AlertAt)
{
    /// <summary>Where the tenant has it from: <c>tenant</c> = it is its own, or <c>plan:{name}</c>. Left out in a plan itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? From { get; init; }

    /// <summary>What top-ups add to the limit in the present window; left out = nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BudgetAmount? ToppedUp { get; init; }

    /// <summary>Of a top-up's answer: what of it paid for what had been spent above the limit. Left out = nothing, or it is no top-up's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BudgetAmount? PaidOff { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BudgetAmount? Spent { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BudgetAmount? Held { get; init; }

    /// <summary>Limit + topped up − spent − held; below zero after an overrun.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BudgetAmount? Remaining { get; init; }

    /// <summary>Left out = never.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ResetsAt { get; init; }

    /// <summary>Where <see cref="Per"/> is set, in place of the four above: one for each value seen in the present window.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<CounterDocument>? Counters { get; init; }

    /// <param name="states">The budget's own counters.</param>
    public static BudgetDocument Of(Budget budget, IReadOnlyList<BudgetState> states)
    {
        var counters = states.Select(CounterDocument.Of).ToList();
        var document = OfDefinition(budget) with { From = budget.Plan is { } plan ? $"plan:{plan}" : "tenant" };
        if (budget.Per is not null)
            return document with { Counters = counters };
        return counters is [var only, ..]
            ? document with { ToppedUp = only.ToppedUp, Spent = only.Spent, Held = only.Held, Remaining = only.Remaining, ResetsAt = only.ResetsAt }
            : document;
    }

    /// <summary>As the answer to a top-up of so many nano-dollars that was just done.</summary>
    internal BudgetDocument After(long topUp)
    {
        // Below zero before it = less than the top-up remains after it.
        var paid = topUp > 0 && Remaining is { } left ? Math.Clamp(topUp - left.Value, 0, topUp) : 0;
        return paid > 0 ? this with { PaidOff = new BudgetAmount(Remaining!.Value.Kind, paid) } : this;
    }

    /// <summary>Without counters, as it stands in a plan.</summary>
    internal static BudgetDocument OfDefinition(Budget budget) => new(
        budget.Name,
        budget.Per?.Name(budget.PerTag),
        budget.Match.ToDictionary(condition => condition.Dimension.Name(condition.Tag), condition => condition.Pattern, StringComparer.Ordinal),
        new Dictionary<string, BudgetAmount>(StringComparer.Ordinal) { [budget.LimitKind.Name()] = new(budget.LimitKind, budget.Limit) },
        budget.Window.ToString(),
        budget.InheritsTimeZone ? null : budget.Window.TimeZone.Id,
        Names.Of(budget.Mode),
        Names.Of(budget.Admission),
        [.. budget.AlertAtPercent.Select(percent => percent / 100m)]);
}
