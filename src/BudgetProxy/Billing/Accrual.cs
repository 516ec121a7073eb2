using BudgetProxy.Core.Money;

namespace BudgetProxy.Billing;

/// <summary>What a tenant's UTC hour of settlement has come to, by the ledger's sums, but for what was paid before.</summary>
/// <param name="Hour">Its first instant.</param>
/// <param name="Requests">First entries.</param>
/// <param name="Tokens">Input of all kinds and output, corrections in it.</param>
/// <param name="Cost">What the providers take.</param>
/// <param name="Charged">With the markup.</param>
/// <param name="IsCorrected">True: corrections were settled in it.</param>
public sealed record Accrual(string Tenant, DateTimeOffset Hour, long Requests, long Tokens, NanoUsd Cost, NanoUsd Charged, bool IsCorrected = false)
{
    /// <summary>The first instant of its UTC month.</summary>
    public DateTimeOffset Month => MonthOf(Hour);

    public static DateTimeOffset MonthOf(DateTimeOffset instant)
    {
        var utc = instant.ToUniversalTime();
        return new DateTimeOffset(utc.Year, utc.Month, 1, 0, 0, 0, TimeSpan.Zero);
    }
}
