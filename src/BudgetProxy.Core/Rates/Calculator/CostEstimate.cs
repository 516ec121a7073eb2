using BudgetProxy.Core.Money;

namespace BudgetProxy.Core.Rates.Calculator;

/// <summary>What a workload costs on one model.</summary>
public sealed record CostEstimate
{
    /// <summary>The row that priced it.</summary>
    public required Rate Rate { get; init; }

    public required Workload Workload { get; init; }

    /// <summary>Lines with a quantity, in the order of <see cref="ChargeKind"/>.</summary>
    public required IReadOnlyList<CostLine> Lines { get; init; }

    /// <summary>The sum of the lines.</summary>
    public required NanoUsd Total { get; init; }

    /// <summary>Requests that write the prefix to the cache; the others read it. 0 where the row has no price for reading it.</summary>
    public required long CacheWrites { get; init; }

    /// <summary>How long the cached prefix lives after its last use.</summary>
    public required TimeSpan CacheLifetime { get; init; }

    /// <summary>The same without a cache; null where that makes no difference to what was asked: nothing is cached or written.</summary>
    public NanoUsd? WithoutCache { get; init; }

    /// <summary>The same at standard prices; null where these are at standard prices.</summary>
    public NanoUsd? AtStandard { get; init; }

    /// <summary>The same as a batch; null where this is one, or the model takes none.</summary>
    public NanoUsd? AtBatch { get; init; }

    /// <summary>What a reader must know to use the figures, in sentences.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
