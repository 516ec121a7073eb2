using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Tenants;

/// <summary>The customer whose money is limited, with its budgets. Immutable; part of one directory snapshot.</summary>
public sealed record Tenant
{
    /// <summary>1 to 64 of <c>a-z 0-9 - _ .</c>, starting with a letter or digit.</summary>
    public required string Id { get; init; }

    public string? Name { get; init; }

    /// <summary>Always null: plans are not in this version.</summary>
    public string? Plan { get; init; }

    /// <summary>IANA zone for budgets that set none; null = UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The zone that <see cref="TimeZone"/> names.</summary>
    public TimeZoneInfo Zone => TimeZone is null ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(TimeZone);

    /// <summary>Kept for whoever bills; nothing here uses it.</summary>
    public string? StripeCustomerId { get; init; }

    /// <summary>Hundredths of a percent: 1,500 = 15 %.</summary>
    public int MarkupBasisPoints { get; init; }

    /// <summary>Model patterns with <c>*</c>; empty = all.</summary>
    public IReadOnlyList<string> AllowedModels { get; init; } = [];

    /// <summary>The per-call ceiling; null = none.</summary>
    public NanoUsd? MaxCall { get; init; }

    public bool Suspended { get; init; }

    /// <summary>The tenant's budgets in the order they were made.</summary>
    public IReadOnlyList<Budget> Budgets { get; init; } = [];
}
