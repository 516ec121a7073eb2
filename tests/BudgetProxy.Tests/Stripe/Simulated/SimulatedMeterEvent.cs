namespace BudgetProxy.Tests.Stripe.Simulated;

/// <summary>A meter event that was accepted.</summary>
internal sealed record SimulatedMeterEvent(string EventName, string Customer, long Value, string Identifier, DateTimeOffset Timestamp, DateTimeOffset ReceivedAt)
{
    /// <summary>Why it was thrown away after it was accepted; null = it counts.</summary>
    public string? RejectedFor { get; set; }

    /// <summary>True: a report of errors has told of it.</summary>
    public bool IsReported { get; set; }

    public bool IsCancelled { get; set; }

    public bool Counts => RejectedFor is null && !IsCancelled;
}
