namespace BudgetProxy.Audit;

/// <summary>One change by an admin, as it is kept for good.</summary>
/// <param name="At">By the clock of the proxy that made the change; kept to the millisecond.</param>
/// <param name="Action">One of <see cref="AuditActions"/>.</param>
/// <param name="Target">What was changed: <c>acme</c>, <c>acme/monthly</c>, <c>plans/pro</c>.</param>
/// <param name="Tenant">Whose it is; null = no tenant's.</param>
/// <param name="Before">The definition before, as JSON; null = there was none. Never holds a secret.</param>
/// <param name="After">The definition after, as JSON; null = there is none any more.</param>
public sealed record AuditEntry(DateTimeOffset At, AuditActor By, string Action, string Target, string? Tenant, string? Before, string? After)
{
    /// <summary>Characters of a definition that are kept; a plan of a hundred budgets has about 30,000.</summary>
    public const int MaxDefinitionChars = 128 * 1024;

    /// <summary>Given by the store, growing; 0 = not stored yet.</summary>
    public long Id { get; init; }

    /// <summary>The entry with definitions that fit: one that is too long is replaced by a note of its length, so that the change itself is kept.</summary>
    public AuditEntry Bounded() => this with { Before = Bounded(Before), After = Bounded(After) };

    private static string? Bounded(string? json) => json is { Length: > MaxDefinitionChars } ? $$"""{"tooLong":{{json.Length}}}""" : json;
}
