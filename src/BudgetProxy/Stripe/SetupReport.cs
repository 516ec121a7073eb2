namespace BudgetProxy.Stripe;

/// <summary>What a setup found and did.</summary>
/// <param name="IsPlan">True: nothing was done.</param>
/// <param name="ClockSkew">By how much Stripe's clock is ahead of this machine's, to about a second; null = not known.</param>
/// <param name="Steps">In the order in which they were taken; tenants that were linked before are only counted.</param>
/// <param name="LinkedBefore">Tenants that were linked to a customer that is there.</param>
/// <param name="Unlinked">Tenants without a customer, for which none was wished.</param>
/// <param name="Remaining">Tenants whose customers are still to be made: one run makes a few hundred.</param>
public sealed record SetupReport(bool IsPlan, bool IsLive, TimeSpan? ClockSkew, IReadOnlyList<SetupStep> Steps, int LinkedBefore, int Unlinked, int Remaining)
{
    public bool IsRight => !Steps.Any(step => step.IsWrong);

    public bool IsChange => Steps.Any(step => step.IsChange);
}
