using System.Buffers.Text;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Reservations;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>Reads what <c>reserve.lua</c> decided.</summary>
internal static class ReserveAnswer
{
    /// <summary>All is held.</summary>
    /// <param name="text"><c>now|spent,held|…</c>: what was there before, hold by hold.</param>
    public static ReserveOutcome Held(ReadOnlySpan<byte> text, IReadOnlyList<PlannedHold> plan, OwnCall call)
    {
        call.StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(Number(ref text));
        long? tightest = null;
        string? wouldBlock = null;
        for (var i = 0; i < plan.Count && text.Length > 0; i++)
        {
            long spent = Number(ref text), held = Number(ref text);
            var (budget, hold) = (plan[i].Hold.Budget, plan[i].Hold);
            var left = plan[i].Limit - spent - held;
            if (hold.Amount > left && !plan[i].Enforced)
                wouldBlock = budget.Mode == BudgetMode.Shadow ? ReserveOutcome.Joined(wouldBlock, budget.Name) : wouldBlock;
            else if (budget.LimitKind.IsMoney() && budget.Mode == BudgetMode.Enforce && (tightest is null || left - hold.Amount < tightest))
                tightest = left - hold.Amount;
        }

        return new ReserveOutcome(null, wouldBlock, tightest is { } remaining ? new NanoUsd(remaining) : null);
    }

    /// <summary>The first enforced hold that does not fit.</summary>
    /// <param name="answer"><c>refused, hold, spent, held, oldest</c>.</param>
    public static ReserveOutcome Refused(RedisResult[] answer, IReadOnlyList<PlannedHold> plan)
    {
        var planned = plan[(int)answer[1]];
        long spent = (long)answer[2], held = (long)answer[3];
        var budget = planned.Hold.Budget;
        var byOthers = planned.Hold.Amount <= planned.Limit - spent;
        return new ReserveOutcome(
            new Refusal(budget, planned.Hold.ScopeValue, planned.Limit, spent, held, ResetsAt(planned.Budget, planned.Slot, (string)answer[4]!), byOthers), null, null);
    }

    /// <summary>When room comes back: for a rolling window when its oldest amount leaves it, else at the window's end; null = never.</summary>
    /// <param name="oldest">The oldest slot of a rolling window that has any amount; empty = none.</param>
    public static DateTimeOffset? ResetsAt(CountedBudget budget, CountedSlot slot, string oldest)
    {
        if (budget.Budget.Window.Kind != WindowKind.Rolling)
            return slot.Slot.Ends;
        return oldest.Length == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(oldest) + (long)budget.Span);
    }

    private static long Number(ref ReadOnlySpan<byte> text)
    {
        if (!Utf8Parser.TryParse(text, out long number, out var length))
            throw new StoreUnavailableException("Redis answered what is no amount.");
        text = text[Math.Min(length + 1, text.Length)..];
        return number;
    }
}
