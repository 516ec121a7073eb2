namespace BudgetProxy.Alerts;

/// <summary>What rang, once: made before anybody is told, and never changed.</summary>
/// <param name="Id">UUIDv7: the same in every delivery and every repeat of one.</param>
/// <param name="Kind">One of <see cref="AlertKinds"/>.</param>
/// <param name="Tenant">Null = it is no tenant's.</param>
/// <param name="Summary">One sentence for people.</param>
/// <param name="At">When it was found.</param>
/// <param name="Body">The payload: JSON, byte for byte as it is signed and sent.</param>
public sealed record Alert(Guid Id, string Kind, string? Tenant, string Summary, DateTimeOffset At, string Body)
{
    private const string Prefix = "alrt_";

    /// <summary>The id as others see it; it has no dot, so that what is signed can be read in one way only.</summary>
    public string PublicId => PublicIdOf(Id);

    public static string PublicIdOf(Guid id) => $"{Prefix}{id:N}";

    public static bool TryParseId(string text, out Guid id)
    {
        id = default;
        return text.StartsWith(Prefix, StringComparison.Ordinal) && Guid.TryParseExact(text[Prefix.Length..], "N", out id);
    }
}
