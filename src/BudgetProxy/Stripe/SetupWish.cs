namespace BudgetProxy.Stripe;

/// <summary>What a setup is to do.</summary>
/// <param name="IsPlan">True: only say what would be done.</param>
/// <param name="CreatesCustomers">True: a tenant that has no customer gets one.</param>
/// <param name="MarkupBasisPoints">Markup of the price in hundredths of a percent: 1,500 = 15 %; 0 where events carry it.</param>
/// <param name="SecondUnitCents">US cents for one unit of the second meter; null = it gets no price.</param>
public sealed record SetupWish(bool IsPlan, bool CreatesCustomers, int MarkupBasisPoints, decimal? SecondUnitCents);
