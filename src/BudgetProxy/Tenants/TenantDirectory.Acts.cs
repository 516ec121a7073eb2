using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Tenants;

/// <summary>Top-ups and resets: kept beside the definitions, so that a lost counter store takes none of them away.</summary>
public sealed partial class TenantDirectory
{
    /// <summary>For so long a repeat under the same idempotency key does nothing, whatever window the first was made in.</summary>
    public static readonly TimeSpan LeastMemory = TimeSpan.FromDays(7);

    /// <summary>Raises what may be spent in the present window; in a lifetime budget for good.</summary>
    /// <param name="amount">Above zero.</param>
    /// <param name="value">The counter of a budget with <c>per</c>; null = each of them.</param>
    /// <param name="key">A repeat under it does nothing; null = none was given.</param>
    public Task<BudgetActOutcome> TopUpAsync(
        (string Tenant, string Name) budget, NanoUsd amount, string? value, string? key, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(amount.Value, 0, nameof(amount));
        return ActAsync(budget, value, amount.Value, key, cancellationToken);
    }

    /// <summary>
    /// Begins the present window anew: what calls that have started by now spend, settled or still to be, counts no more. No entry of the ledger
    /// changes, and top-ups stay.
    /// </summary>
    /// <inheritdoc cref="TopUpAsync"/>
    public Task<BudgetActOutcome> ResetAsync((string Tenant, string Name) budget, string? value, string? key, CancellationToken cancellationToken) =>
        ActAsync(budget, value, null, key, cancellationToken);

    private Task<BudgetActOutcome> ActAsync(
        (string Tenant, string Name) wanted, string? value, long? topUp, string? key, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            if (_current.FindBudget(wanted.Tenant, wanted.Name) is not { } budget)
                return BudgetActOutcome.NoSuchBudget;
            if (value is not null && budget.Per is null)
                return BudgetActOutcome.NotCountedByValue;
            var now = await reservations.NowAsync(wanted.Tenant, cancellationToken);
            var act = new BudgetAct(
                wanted.Tenant, wanted.Name, key ?? NewId("act_"), value is null ? null : budget.Per?.Name(budget.PerTag), value, topUp,
                topUp is null ? now.AddMilliseconds(1) : now);
            if (budget.Acts.All.FirstOrDefault(earlier => earlier.Id == act.Id) is { } known)
                return Repeated(act, known);
            if (Refusing(budget, act) is { } refusal)
                return refusal;

            var before = ForgetBefore(budget, now);
            var next = budget.With([.. budget.Acts.All.Where(earlier => earlier.At >= before), act]);
            if (next.Shape != budget.Shape)
                await SeedAsync([next], cancellationToken);
            BudgetAct? other = null;
            await StoreAsync(
                async () => other = await store.AddActAsync(act, before, cancellationToken),
                current => other is null ? current.With(act, before) : current,
                cancellationToken);
            return other is null ? BudgetActOutcome.Done : Repeated(act, other);
        },
        cancellationToken);

    private static BudgetActOutcome Repeated(BudgetAct act, BudgetAct known) => act.IsSameAs(known) ? BudgetActOutcome.DoneBefore : BudgetActOutcome.KeyIsTaken;

    private static BudgetActOutcome? Refusing(Budget budget, BudgetAct act)
    {
        if (act.TopUp is not { } amount)
            return act.Value is not null && budget.Acts.SingleResets >= DirectoryRules.MaxSingleResets ? BudgetActOutcome.TooManyValues : null;
        if (budget.LimitKind != LimitKind.Usd)
            return BudgetActOutcome.NotMoney;
        var slot = budget.Window.SlotAt(act.At);
        IEnumerable<string?> counters = act.Value is null ? budget.Acts.ToppedUpValues.Append(null) : [act.Value];
        return counters.Any(scope => budget.Limit + budget.ToppedUpIn(scope, slot) + amount > NanoUsd.MaxLimit.Value) ? BudgetActOutcome.TooMuch : null;
    }

    /// <summary>What was done before this no longer bears on any window; of a lifetime all does.</summary>
    private static DateTimeOffset ForgetBefore(Budget budget, DateTimeOffset now)
    {
        var window = budget.Window.At(now).Start;
        var memory = now - LeastMemory;
        return window < memory ? window : memory;
    }
}
