using BudgetProxy.Core.Money;

namespace BudgetProxy.Alerts;

/// <summary>How alerts are found, told and kept.</summary>
public sealed record AlertOptions
{
    /// <summary>Days that alerts and their deliveries are kept; 1 to 365.</summary>
    public int RetentionDays { get; init; } = 30;

    /// <summary>Less than this spent in five minutes is never out of the ordinary.</summary>
    public NanoUsd VelocityFloor { get; init; } = new(NanoUsd.PerUsd);

    /// <summary>Where mail goes; null = nobody is told by mail.</summary>
    public SmtpOptions? Smtp { get; init; }
}
