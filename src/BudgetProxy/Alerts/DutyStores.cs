using BudgetProxy.Ledger;
using BudgetProxy.Tenants;

namespace BudgetProxy.Alerts;

/// <summary>What <see cref="AlertDuties"/> reads and writes.</summary>
public sealed record DutyStores(IAlertStore Alerts, ISpendSource Spend, ILedger Ledger, TenantDirectory Directory);
