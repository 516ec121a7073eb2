namespace BudgetProxy.Alerts;

/// <summary>One alert for one receiver.</summary>
public sealed record Delivery
{
    /// <summary>The receiver that is a mailbox; no webhook can have this name.</summary>
    public const string MailTarget = "@smtp";

    private const string Prefix = "dlv_";

    /// <summary>UUIDv7: later ones sort after earlier ones.</summary>
    public required Guid Id { get; init; }

    public required Alert Alert { get; init; }

    /// <summary>A webhook's name, or <see cref="MailTarget"/>.</summary>
    public required string Target { get; init; }

    public DeliveryState State { get; init; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<DeliveryAttempt> Attempts { get; init; } = [];

    /// <summary>Not before this it is tried (again).</summary>
    public required DateTimeOffset NextAt { get; init; }

    /// <summary>Null while it is pending.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The id as others see it.</summary>
    public string PublicId => $"{Prefix}{Id:N}";

    public static bool TryParseId(string text, out Guid id)
    {
        id = default;
        return text.StartsWith(Prefix, StringComparison.Ordinal) && Guid.TryParseExact(text[Prefix.Length..], "N", out id);
    }
}
