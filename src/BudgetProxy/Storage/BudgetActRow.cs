using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Storage;

/// <summary>A top-up or reset as its row holds it, in either database.</summary>
internal sealed class BudgetActRow
{
    public string Tenant { get; set; } = "";

    public string Budget { get; set; } = "";

    public string Id { get; set; } = "";

    public string? Per { get; set; }

    public string? Value { get; set; }

    /// <summary>Nano-dollars; null = a reset.</summary>
    public long? TopUp { get; set; }

    public DateTimeOffset At { get; set; }

    public static BudgetActRow Of(BudgetAct act) => new()
    {
        Tenant = act.Tenant, Budget = act.Budget, Id = act.Id, Per = act.Per, Value = act.Value, TopUp = act.TopUp, At = act.At,
    };

    public BudgetAct ToAct() => new(Tenant, Budget, Id, Per, Value, TopUp, At);
}
