namespace BudgetProxy.Alerts;

/// <summary>Who is told of an alert.</summary>
internal static class AlertTargets
{
    public static IEnumerable<string> Of(Alert alert, IReadOnlyList<Webhook> webhooks, bool mailToo)
    {
        foreach (var webhook in webhooks)
        {
            if (webhook.Wants(alert))
                yield return webhook.Name;
        }

        if (mailToo)
            yield return Delivery.MailTarget;
    }

    /// <summary>The first UUIDv7 of an instant: all of earlier ones sort before it.</summary>
    public static Guid FirstId(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        var milliseconds = Math.Max(0, at.ToUnixTimeMilliseconds());
        for (var i = 5; i >= 0; i--, milliseconds >>= 8)
            bytes[i] = (byte)milliseconds;
        return new Guid(bytes, bigEndian: true);
    }
}
