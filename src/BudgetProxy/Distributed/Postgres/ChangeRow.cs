namespace BudgetProxy.Distributed.Postgres;

/// <summary>A row of <c>directory_changes</c>.</summary>
internal sealed class ChangeRow
{
    /// <summary>Given by the database; a higher one became visible later.</summary>
    public long Version { get; set; }

    public string? Tenant { get; set; }

    /// <summary>Where this is null too, the admin keys changed.</summary>
    public string? Plan { get; set; }
}
