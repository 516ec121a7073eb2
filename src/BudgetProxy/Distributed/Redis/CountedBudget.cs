using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using BudgetProxy.Core.Budgets;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>A budget's definition in the words of the scripts, made once for each definition.</summary>
internal sealed class CountedBudget
{
    private static readonly ConditionalWeakTable<Budget, CountedBudget> Known = [];
    private CountedSlot _slot;

    private CountedBudget(Budget budget)
    {
        Budget = budget;
        Shape = ShapeOf(budget);
        Unit = budget.LimitKind switch
        {
            LimitKind.Usd => "u",
            LimitKind.Tokens => "t",
            LimitKind.Charged => "c",
            _ => "r",
        };
        var first = budget.Window.SlotAt(DateTimeOffset.UnixEpoch);
        Span = budget.Window.Kind == WindowKind.Rolling ? (long)(first.Ends!.Value - first.Start).TotalMilliseconds : RedisValue.EmptyString;
        _slot = new CountedSlot(first);
    }

    public Budget Budget { get; }

    /// <summary>Names tenant, budget and shape: the same everywhere, a new one where the budget counts otherwise.</summary>
    public RedisValue Shape { get; }

    public RedisValue Unit { get; }

    /// <summary>How long a slot of a rolling window counts, ms; empty for calendar windows.</summary>
    public RedisValue Span { get; }

    /// <summary>The unit of a hold.</summary>
    /// <param name="own">False: it is of lines of a standing reservation, and what is presumed of the whole is not spent there.</param>
    public RedisValue UnitOf(bool own) => own ? Unit : ((string)Unit!).ToUpperInvariant();

    public static CountedBudget Of(Budget budget) => Known.GetValue(budget, static unknown => new CountedBudget(unknown));

    /// <summary>The slot of an instant; kept, as it is the same for most calls.</summary>
    public CountedSlot SlotAt(DateTimeOffset instant)
    {
        var slot = _slot;
        if (!slot.Holds(instant))
            _slot = slot = new CountedSlot(Budget.Window.SlotAt(instant));
        return slot;
    }

    private static string ShapeOf(Budget budget)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{budget.Tenant}\n{budget.Name}\n{budget.Shape}"));
        return Convert.ToHexStringLower(hash.AsSpan(0, 8));
    }
}
