namespace BudgetProxy.Billing;

/// <summary>What cuts go by, all of one state of the database.</summary>
/// <param name="Hours">Those that have changed, by tenant and hour.</param>
/// <param name="Bases">One for each of their tenants, also of one that was never cut.</param>
/// <param name="Booked">Those of the hours from which anything was cut.</param>
/// <param name="Allowances">All that were kept of their tenants.</param>
public sealed record CutReading(
    IReadOnlyList<Accrual> Hours, IReadOnlyList<CutBase> Bases, IReadOnlyList<HourBooked> Booked, IReadOnlyList<MonthAllowance> Allowances);
