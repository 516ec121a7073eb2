using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Reservations;

namespace BudgetProxy.Gateway;

/// <summary>
/// Lowers the output limit of a call that budgets with the admission <c>clamp</c> can't take, to the largest at which all of them can. Other budgets have no say
/// in it: they see the call as it then is. The reservation that follows decides; here nothing is held.
/// </summary>
internal static class OutputClamp
{
    /// <summary>A call that lost the room it was lowered to, to others, is lowered once more and then refused.</summary>
    private const int MostTries = 2;

    /// <summary>After a refusal: looks what the budgets can take, and lowers the call to it.</summary>
    /// <returns>
    /// <c>Lowered</c>: it may be reserved again. Else <c>TooLittle</c>, where not even the least limit fits: the call is then quoted at that. Neither: the
    /// refusal is not for a clamp to help.
    /// </returns>
    /// <exception cref="StoreUnavailableException">The counters can't be read.</exception>
    public static async ValueTask<(bool Lowered, Refusal? TooLittle)> TryAsync(Call call, Refusal refusal, IReadOnlyList<Hold> holds, IReservationStore store)
    {
        var clamps = ClampsOf(holds);
        if (clamps.Count == 0 || call.ClampTries == MostTries)
            return default;
        call.ClampTries++;
        // The refusal of the only one says all that there is to know.
        IReadOnlyList<BudgetState> states = clamps.Count == 1 && ReferenceEquals(clamps[0].Budget, refusal.Budget)
            ? [new BudgetState(refusal.Budget, refusal.ScopeValue, refusal.Spent, refusal.Held, refusal.ResetsAt, refusal.Limit - refusal.Budget.Limit)]
            : await store.PeekAsync(clamps, CancellationToken.None);
        if (!CanBeLowered(call) || Misfit(call, call.Quote, states) is null)
            return default;

        if (Find(call, states, out var tooLittle) is not { } limit)
            return (false, tooLittle);
        OutputLimitText.Set(call.Request, limit);
        call.Quote.Take(call.Quote.Rate, call.Request, call.Quote.Input, call.Expectation);
        call.ClampedTo = limit;
        return (true, null);
    }

    /// <summary>The limit that an estimate's call would be lowered to; null = it would not be, or not even the least limit would fit everywhere.</summary>
    public static long? Foresee(Call call, IReadOnlyList<Hold> holds, IReadOnlyList<BudgetState> states)
    {
        var clamps = new List<BudgetState>();
        for (var i = 0; i < holds.Count; i++)
        {
            if (IsClamp(holds[i].Budget))
                clamps.Add(states[i]);
        }

        if (!CanBeLowered(call) || Misfit(call, call.Quote, clamps) is null || Find(call, clamps, out _) is not { } limit)
            return null;
        var asked = call.Request.OutputLimit;
        var bounds = CallBounds.Of(At(call, limit), call.Tenant.MarkupBasisPoints);
        call.Request.OutputLimit = asked;
        for (var i = 0; i < holds.Count; i++)
        {
            if (holds[i].Budget.Mode == BudgetMode.Enforce && bounds.AmountIn(holds[i].Budget) > states[i].Remaining)
                return null;
        }

        return limit;
    }

    private static bool IsClamp(Budget budget) => budget is { Admission: Admission.Clamp, Mode: BudgetMode.Enforce };

    private static List<Hold> ClampsOf(IReadOnlyList<Hold> holds)
    {
        var clamps = new List<Hold>();
        foreach (var hold in holds)
        {
            if (IsClamp(hold.Budget))
                clamps.Add(hold);
        }

        return clamps;
    }

    private static bool CanBeLowered(Call call) => call.Request.HasOutput && call.Quote.OutputLimit > OutputLimitText.LeastOf(call.Request);

    /// <summary>The first that can't take the call at this price; null = all can.</summary>
    private static BudgetState? Misfit(Call call, Quote quote, IReadOnlyList<BudgetState> states)
    {
        var bounds = CallBounds.Of(quote, call.Tenant.MarkupBasisPoints);
        for (var i = 0; i < states.Count; i++)
        {
            if (bounds.AmountIn(states[i].Budget) > states[i].Remaining)
                return states[i];
        }

        return null;
    }

    /// <summary>
    /// The largest limit at which all can take the call, the worst case being the larger the higher the limit is; null = there is none, and the call is quoted at
    /// the least.
    /// </summary>
    private static long? Find(Call call, IReadOnlyList<BudgetState> states, out Refusal? tooLittle)
    {
        var asked = call.Request.OutputLimit;
        long fits = OutputLimitText.LeastOf(call.Request), tooMuch = call.Quote.OutputLimit;
        var least = At(call, fits);
        tooLittle = null;
        if (Misfit(call, least, states) is { } full)
        {
            call.Quote.Take(least.Rate, call.Request, least.Input, call.Expectation);
            var needed = CallBounds.Of(least, call.Tenant.MarkupBasisPoints).AmountIn(full.Budget);
            tooLittle = new Refusal(
                full.Budget, full.ScopeValue, full.Limit, full.Spent, full.Held, full.ResetsAt, HeldByOthers: needed <= full.Limit - full.Spent);
            return null;
        }

        while (tooMuch - fits > 1)
        {
            var middle = fits + ((tooMuch - fits) / 2);
            if (Misfit(call, At(call, middle), states) is null)
                fits = middle;
            else
                tooMuch = middle;
        }

        call.Request.OutputLimit = asked;
        return fits;
    }

    private static Quote At(Call call, long limit)
    {
        call.Request.OutputLimit = limit;
        return call.Quote.At(call.Request, call.Expectation);
    }
}
