using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Invoices;

/// <summary>One file of costs that a provider exported, as it was imported.</summary>
/// <param name="Id">Made of the provider and the file's bytes: the same file is the same import.</param>
/// <param name="ImportedBy">Id of the admin key.</param>
/// <param name="From">The first day of UTC that it covers.</param>
/// <param name="To">The last one; of days between that have no line, it says that they cost nothing.</param>
/// <param name="Rows">Rows of the file that said something.</param>
/// <param name="Cost">Of all its lines.</param>
public sealed record Invoice(string Id, Provider Provider, DateTimeOffset ImportedAt, string ImportedBy, DateOnly From, DateOnly To, long Rows, NanoUsd Cost)
{
    public bool Covers(DateOnly day) => From <= day && day <= To;
}
