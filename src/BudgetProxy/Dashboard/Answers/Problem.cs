namespace BudgetProxy.Dashboard.Answers;

/// <summary>Why the admin API refused, as RFC 9457 has it.</summary>
public sealed record Problem(string? Title, string? Detail, Dictionary<string, string[]>? Errors)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; init; }

    /// <summary>The stores are away: it may work again in a moment.</summary>
    public bool IsOutage => Status == 503;

    /// <summary>There is no such thing, or this version of the API has no such call.</summary>
    public bool IsMissing => Status == 404;
}
