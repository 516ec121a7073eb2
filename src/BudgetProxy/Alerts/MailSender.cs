using System.Globalization;
using System.Net.Sockets;
using System.Text;
using BudgetProxy.Hosting;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace BudgetProxy.Alerts;

/// <summary>Tells a mailbox of alerts, several in one mail where several wait.</summary>
public sealed class MailSender(ProxyOptions options, TimeProvider clock)
{
    private const int MostErrorChars = 300;
    private const int LimitMilliseconds = 15_000;

    /// <summary>Tries once. Never throws for the server's sake.</summary>
    /// <param name="alerts">At least one.</param>
    /// <exception cref="OperationCanceledException">The proxy stops.</exception>
    public async Task<DeliveryAttempt> SendAsync(IReadOnlyList<Alert> alerts, CancellationToken cancellationToken)
    {
        var smtp = options.Alerts.Smtp ?? throw new InvalidOperationException("No mail server is configured.");
        var at = clock.GetUtcNow();
        var begun = clock.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LimitMilliseconds);
        string? error = null;
        try
        {
            using var message = MessageOf(alerts, smtp, at);
            using var client = new SmtpClient { Timeout = LimitMilliseconds };
            await client.ConnectAsync(smtp.Host, smtp.Port, SecurityOf(smtp.Tls), limit.Token);
            if (smtp.User is { } user)
                await client.AuthenticateAsync(user, smtp.Password ?? "", limit.Token);
            await client.SendAsync(message, limit.Token);
            await GoodbyeAsync(client, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            error = $"The mail server did not take it within {LimitMilliseconds / 1000} s.";
        }
        catch (Exception failed) when (IsOfMail(failed))
        {
            error = failed.Message.Length <= MostErrorChars ? failed.Message : failed.Message[..MostErrorChars];
        }

        return new DeliveryAttempt(at, null, error, (long)clock.GetElapsedTime(begun).TotalMilliseconds);
    }

    /// <summary>The mail is taken already: whatever happens now, it must not be sent again.</summary>
    private static async Task GoodbyeAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception failed) when (IsOfMail(failed) || failed is OperationCanceledException)
        {
            // The connection ends with the client.
        }
    }

    private static bool IsOfMail(Exception failed) => failed
        is CommandException or ProtocolException or AuthenticationException or ServiceNotConnectedException or ServiceNotAuthenticatedException
        or SslHandshakeException or SaslException or SocketException or IOException or NotSupportedException or InvalidOperationException or TimeoutException
        or ParseException;

    private static MimeMessage MessageOf(IReadOnlyList<Alert> alerts, SmtpOptions smtp, DateTimeOffset at)
    {
        var message = new MimeMessage { Date = at };
        message.From.Add(MailboxAddress.Parse(smtp.From));
        foreach (var to in smtp.To)
            message.To.Add(MailboxAddress.Parse(to));
        // The same in every repeat, so that a mailbox can tell one that came twice.
        message.MessageId = $"{alerts[0].PublicId}@budgetproxy";
        message.Subject = "[BudgetProxy] " + (alerts.Count == 1 ? alerts[0].Summary : $"{alerts.Count} alerts");
        var text = new StringBuilder();
        foreach (var alert in alerts)
        {
            text.Append(CultureInfo.InvariantCulture, $"{alert.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC  {alert.Kind}\n{alert.Summary}\n");
            text.Append(CultureInfo.InvariantCulture, $"{alert.Body}\n\n");
        }

        message.Body = new TextPart("plain") { Text = text.ToString() };
        return message;
    }

    private static SecureSocketOptions SecurityOf(SmtpTls tls) => tls switch
    {
        SmtpTls.Implicit => SecureSocketOptions.SslOnConnect,
        SmtpTls.None => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls,
    };
}
