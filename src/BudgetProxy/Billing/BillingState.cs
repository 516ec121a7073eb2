namespace BudgetProxy.Billing;

/// <summary>What all proxies know of the export.</summary>
/// <param name="StartsAt">The first hour that is billed; null = it was never on.</param>
/// <param name="Wanted">Runs that were asked for.</param>
/// <param name="Finished">Of those, the last that ended.</param>
/// <param name="LastRunAt">When the last run ended; null = there was none.</param>
/// <param name="Error">What went wrong last, and when; null = nothing since the last run that went well.</param>
/// <param name="Stopped">Why nothing is sent at all; null = it is.</param>
/// <param name="Lease">Who exports; null = nobody ever did.</param>
public sealed record BillingState(
    DateTimeOffset? StartsAt, long Wanted, long Finished, DateTimeOffset? LastRunAt, (string Text, DateTimeOffset At)? Error,
    (string Text, DateTimeOffset At)? Stopped, BillingLease? Lease);
