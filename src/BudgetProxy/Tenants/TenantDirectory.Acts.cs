using BudgetProxy.Audit;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Tenants;

/// <summary>Top-ups and resets: kept beside the definitions, so that a lost counter store takes none of them away.</summary>
public sealed partial class TenantDirectory
{
    /// <summary>For so long a repeat under the same idempotency key does nothing, whatever window the first was made in.</summary>
    public static readonly TimeSpan LeastMemory = TimeSpan.FromDays(7);

    /// <summary>Raises what may be spent in the present window; in a lifetime budget for good.</summary>
    /// <param name="amount">Above zero; below, it is paid back of prepaid credit.</param>
    /// <param name="how">The counter of a budget with <c>per</c>, null = each of them; and a key under which a repeat does nothing, null = none was given.</param>
    public Task<BudgetActOutcome> TopUpAsync(
        (string Tenant, string Name) budget, NanoUsd amount, (string? Value, string? Key) how, Edit edit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(amount.Value, nameof(amount));
        return ActAsync(budget, amount.Value, how, edit, cancellationToken);
    }

    /// <summary>
    /// Begins the present window anew: what calls that have started by now spend, settled or still to be, counts no more. No entry of the ledger
    /// changes, and top-ups stay.
    /// </summary>
    /// <inheritdoc cref="TopUpAsync"/>
    public Task<BudgetActOutcome> ResetAsync(
        (string Tenant, string Name) budget, (string? Value, string? Key) how, Edit edit, CancellationToken cancellationToken) =>
        ActAsync(budget, null, how, edit, cancellationToken);

    private async Task<BudgetActOutcome> ActAsync(
        (string Tenant, string Name) wanted, long? topUp, (string? Value, string? Key) how, Edit edit, CancellationToken cancellationToken)
    {
        if (Current.FindBudget(wanted.Tenant, wanted.Name) is null)
            await RefreshAsync(cancellationToken);
        if (Current.FindBudget(wanted.Tenant, wanted.Name) is null)
            return BudgetActOutcome.NoSuchBudget;
        var now = await reservations.NowAsync(wanted.Tenant, cancellationToken);
        var act = new BudgetAct(wanted.Tenant, wanted.Name, how.Key ?? NewId("act_"), null, how.Value, topUp, topUp is null ? now.AddMilliseconds(1) : now);
        var outcome = BudgetActOutcome.Done;
        var edited = await ChangeAsync(
            current =>
            {
                (outcome, var decision) = Decide(current, act, edit, now);
                return decision;
            },
            cancellationToken);
        return edited.Outcome == EditOutcome.TooLittleCredit ? BudgetActOutcome.TooLittleCredit : outcome;
    }

    private (BudgetActOutcome Outcome, Decision<Budget> Decision) Decide(DirectorySnapshot current, BudgetAct act, Edit edit, DateTimeOffset now)
    {
        if (current.FindBudget(act.Tenant, act.Budget) is not { } budget)
            return No(BudgetActOutcome.NoSuchBudget);
        if (act.Value is not null && budget.Per is null)
            return No(BudgetActOutcome.NotCountedByValue);
        act = act with { Per = act.Value is null ? null : budget.Per?.Name(budget.PerTag) };
        if (budget.Acts.All.FirstOrDefault(earlier => earlier.Id == act.Id) is { } known)
            return No(act.IsSameAs(known) ? BudgetActOutcome.DoneBefore : BudgetActOutcome.KeyIsTaken);
        if (edit.If?.Holds(DefinitionTag.Of(budget)) == false)
            return No(BudgetActOutcome.Changed);
        if (Refusing(budget, act) is { } refusal)
            return No(refusal);
        var acts = OldActs.With(budget, act, now, () => NewId("act_"));
        var next = acts.Aggregate(current, (snapshot, one) => snapshot.With(one.Act, one.Before));
        var entry = new AuditEntry(
            Now(), edit.By, act.TopUp is null ? AuditActions.ResetBudget : AuditActions.TopUpBudget, $"{act.Tenant}/{act.Budget}", act.Tenant, null,
            DefinitionJson.Of(act));
        var write = new DirectoryWrite { Acts = acts, Audit = [entry] };
        return (BudgetActOutcome.Done, Decision<Budget>.Yes(budget, next, write) with { Tenants = [act.Tenant] });

        static (BudgetActOutcome, Decision<Budget>) No(BudgetActOutcome outcome) => (outcome, Decision<Budget>.No(EditOutcome.Done));
    }

    private static BudgetActOutcome? Refusing(Budget budget, BudgetAct act)
    {
        if (act.TopUp is null && budget.OnlyPrepaid)
            return BudgetActOutcome.KeepsCredit;
        if (act.TopUp is not { } amount)
            return act.Value is not null && budget.Acts.SingleResets >= DirectoryRules.MaxSingleResets ? BudgetActOutcome.TooManyValues : null;
        if (!budget.LimitKind.IsMoney())
            return BudgetActOutcome.NotMoney;
        // Whether there is so much is asked of the counters, once all else is decided.
        if (amount < 0)
            return budget.OnlyPrepaid ? null : BudgetActOutcome.NotCredit;
        var slot = budget.Window.SlotAt(act.At);
        IEnumerable<string?> counters = act.Value is null ? budget.Acts.ToppedUpValues.Append(null) : [act.Value];
        return counters.Any(scope => budget.Limit + budget.ToppedUpIn(scope, slot) + amount > NanoUsd.MaxLimit.Value) ? BudgetActOutcome.TooMuch : null;
    }
}
