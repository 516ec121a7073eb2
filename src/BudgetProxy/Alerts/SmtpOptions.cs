namespace BudgetProxy.Alerts;

/// <summary>The mail server and the mailbox that is told of every alert.</summary>
public sealed record SmtpOptions
{
    public required string Host { get; init; }

    public int Port { get; init; } = 587;

    /// <summary>Null = no login.</summary>
    public string? User { get; init; }

    public string? Password { get; init; }

    public required string From { get; init; }

    /// <summary>One address or more.</summary>
    public required IReadOnlyList<string> To { get; init; }

    public SmtpTls Tls { get; init; } = SmtpTls.StartTls;

    /// <summary>Keeps the password out of logs.</summary>
    public override string ToString() => $"{Host}:{Port}";
}
