namespace BudgetProxy.Demo;

/// <summary>One call as the demo's table shows it. Money in USD; null = the proxy did not say, or there is none.</summary>
internal sealed record DemoCall
{
    public required int Number { get; init; }

    public required DemoStep Step { get; init; }

    /// <summary>HTTP status that the caller got.</summary>
    public required int Status { get; init; }

    /// <summary><c>X-BudgetProxy-Request-Id</c>.</summary>
    public string? RequestId { get; init; }

    /// <summary><c>X-BudgetProxy-Code</c> of a refusal.</summary>
    public string? Code { get; init; }

    /// <summary>Input tokens counted before the call.</summary>
    public long? EstimatedInput { get; init; }

    /// <summary>The worst case: reserved, or what would have been.</summary>
    public decimal? Reserved { get; init; }

    /// <summary>Settled cost.</summary>
    public decimal? Cost { get; init; }

    /// <summary>True when the answer came to its proper end.</summary>
    public bool Whole { get; init; }

    /// <summary>The call's ledger entry; null = it has none.</summary>
    public DemoEntry? Entry { get; init; }

    /// <summary>What the budget has left after the call.</summary>
    public decimal Left { get; init; }
}
