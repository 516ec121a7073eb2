using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Gateway;

/// <summary>A call that goes no further, as a value: status, code, and what the client is told. Never names another tenant.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">The stable code of <c>X-BudgetProxy-Code</c>.</param>
/// <param name="Message">One sentence: what happened and what to do.</param>
public sealed record GatewayRefusal(int Status, string Code, string Message)
{
    /// <summary>The JSON path of the field at fault; null = none.</summary>
    public string? Param { get; init; }

    /// <summary>What is wrong with each field, where several are read at once; empty = <see cref="Message"/> says it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; } = [];

    /// <summary>Seconds after which a retry can help, 1 to 60; null = a retry does not help.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>The budget that refused; null = no budget did.</summary>
    public Refusal? Budget { get; init; }

    /// <summary>The lines of a batch that are at fault, the first of them; empty = it is no batch's.</summary>
    public IReadOnlyList<RefusedLine> Lines { get; init; } = [];

    /// <summary>Lines at fault that are not in <see cref="Lines"/>.</summary>
    public int MoreLines { get; init; }

    /// <summary>What would have been reserved; null = the call was never priced.</summary>
    public NanoUsd? EstimatedCost { get; init; }
}
