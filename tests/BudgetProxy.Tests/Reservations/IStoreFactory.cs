using BudgetProxy.Ledger;
using BudgetProxy.Reservations;

namespace BudgetProxy.Tests.Reservations;

/// <summary>One adapter of the seams on fresh state, for the contract suite.</summary>
public interface IStoreFactory : IDisposable
{
    IReservationStore Store { get; }

    ILedger Ledger { get; }

    void Crash();
}
