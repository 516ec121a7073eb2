namespace BudgetProxy.Alerts;

/// <summary>How a mail server is spoken to.</summary>
public enum SmtpTls
{
    /// <summary>In the clear until STARTTLS, which must succeed before anything else is said.</summary>
    StartTls,

    /// <summary>TLS from the first byte, as on port 465.</summary>
    Implicit,

    /// <summary>In the clear, for a server on the same machine.</summary>
    None,
}
