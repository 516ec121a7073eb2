using BudgetProxy.Core.Money;

namespace BudgetProxy.Tenants;

/// <summary>What a wish to change the directory comes to, decided on one snapshot.</summary>
/// <param name="Result">What to answer, once it is stored where there is anything to store.</param>
internal sealed record Decision<T>(Edited<T> Result)
    where T : class
{
    /// <summary>The snapshot after the change; null = nothing changes.</summary>
    public DirectorySnapshot? Next { get; init; }

    /// <summary>What to store.</summary>
    public DirectoryWrite Write { get; init; } = new();

    /// <summary>Tenants whose budgets in force may be others than before.</summary>
    public IReadOnlyCollection<string> Tenants { get; init; } = [];

    /// <summary>Tenants that are deleted take along so much of a prepaid balance, or less; null = none is deleted with one.</summary>
    public NanoUsd? Discards { get; init; }

    /// <summary>Nothing changes.</summary>
    public static Decision<T> No(EditOutcome outcome, string? detail = null) => new(new Edited<T>(outcome, null, detail));

    /// <summary>It stands already as it was wished.</summary>
    public static Decision<T> Stands(T value) => new(new Edited<T>(EditOutcome.Done, value));

    public static Decision<T> Yes(T value, DirectorySnapshot next, DirectoryWrite write) => new(new Edited<T>(EditOutcome.Done, value)) { Next = next, Write = write };
}
